/**
 * Learning rates that depend on the step, to be imported as a namespace. The step counts from 0: the value for step `s` is
 * that of the update after `s` updates. A schedule is evaluated in the graph, `schedule.tensor(globalStep)`, and on plain
 * numbers, `schedule.at(100)`, by one definition.
 *
 * @since 0.1.0
 */
export { scale, sequence, warmup } from "./compose.ts"
export { cosineRestarts, oneCycle } from "./cycles.ts"
export { constant, cosine, exponential, inverseSqrt, noam, piecewiseConstant, polynomial } from "./decays.ts"
export { type Arithmetic, type Formula } from "./Formula.ts"
export { make, type Schedule } from "./Schedule.ts"
