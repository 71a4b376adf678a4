/**
 * The hooks that come with the package: `Hook.stopAtStep({ … })` and so on are values for `train`'s `hooks`. The order in which
 * hooks are called is in `docs/hooks.md`, the type in `services/Hooks.ts`.
 *
 * @since 0.1.0
 */
export { checkNumerics } from "./hooks/checkNumerics.ts"
export { stopIfHigher, stopIfLower, stopIfNoDecrease, stopIfNoIncrease } from "./hooks/earlyStopping.ts"
export { finalOps } from "./hooks/finalOps.ts"
export { globalStepWaiter } from "./hooks/globalStepWaiter.ts"
export { gracefulShutdown } from "./hooks/gracefulShutdown.ts"
export { loggingTensors } from "./hooks/loggingTensors.ts"
export * as MetricSource from "./hooks/MetricSource.ts"
export { nanLoss } from "./hooks/nanLoss.ts"
export { profiler } from "./hooks/profiler.ts"
export { stepCounter } from "./hooks/stepCounter.ts"
export { stopAtStep } from "./hooks/stopAtStep.ts"
export { summarySaver } from "./hooks/summarySaver.ts"
