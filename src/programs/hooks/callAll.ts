/**
 * Calls a point of every hook, in order.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Hook, HookSignal, RunContext, RunValues } from "../../services/Hooks.ts"

/** Every hook sees every run, also one that another hook stops; but for `discard`, which is like a failure. @category programs @since 0.1.0 */
export const afterRuns = Effect.fnUntraced(function* <HE, HR>(hooks: ReadonlyArray<Hook<HE, HR>>, context: RunContext, values: RunValues) {
  const signals = new Set<HookSignal>()
  for (const hook of hooks) {
    if (hook.afterRun === undefined) continue
    signals.add(yield* hook.afterRun(context, values))
    if (signals.has("discard")) break
  }
  return signals
})

/** Every hook's `end`, also those after one that fails. @category programs @since 0.1.0 */
export const endAll = Effect.fnUntraced(function* <HE, HR>(hooks: ReadonlyArray<Hook<HE, HR>>, context: RunContext) {
  const failures: Array<Cause.Cause<HE>> = []
  for (const hook of hooks) {
    const exit = yield* Effect.exit(hook.end?.(context) ?? Effect.void)
    if (Exit.isFailure(exit)) failures.push(exit.cause)
  }
  if (failures.length > 0) return yield* Effect.failCause(failures.reduce((all, cause) => Cause.combine(all, cause)))
})
