/**
 * Calls a point of every hook, in order.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ConfigError } from "../../domain/Errors.ts"
import type { Hook, HookSignal, RunContext, RunValues } from "../../services/Hooks.ts"
import { effectOf, signalOf } from "./checkHooks.ts"

const signalNames: ReadonlyArray<HookSignal> = ["continue", "save", "stop", "discard"]

/** Every hook's point of this name, which gives nothing. @category programs @since 0.1.0 */
export const callAll = Effect.fnUntraced(function* <HE, HR>(
  hooks: ReadonlyArray<Hook<HE, HR>>,
  point: "afterCreate" | "beforeRun" | "beforeSave",
  context: RunContext
) {
  for (const hook of hooks) {
    const call = hook[point]
    if (call !== undefined) yield* effectOf(hook, point, call(context))
  }
})

/** Every hook sees every run, also one that another hook stops; but for `discard`, which is like a failure. @category programs @since 0.1.0 */
export const afterRuns = Effect.fnUntraced(function* <HE, HR>(hooks: ReadonlyArray<Hook<HE, HR>>, context: RunContext, values: RunValues) {
  const signals = new Set<HookSignal>()
  for (const hook of hooks) {
    if (hook.afterRun === undefined) continue
    const signal = yield* effectOf(hook, "afterRun", hook.afterRun(context, values))
    signals.add(yield* signalOf(hook, "afterRun", signalNames, signal))
    if (signals.has("discard")) break
  }
  return signals
})

/** Every hook's `end`, also those after one that fails. @category programs @since 0.1.0 */
export const endAll = Effect.fnUntraced(function* <HE, HR>(hooks: ReadonlyArray<Hook<HE, HR>>, context: RunContext) {
  const failures: Array<Cause.Cause<HE | ConfigError>> = []
  for (const hook of hooks) {
    if (hook.end === undefined) continue
    const exit = yield* Effect.exit(effectOf(hook, "end", hook.end(context)))
    if (Exit.isFailure(exit)) failures.push(exit.cause)
  }
  if (failures.length > 0) return yield* Effect.failCause(failures.reduce((all, cause) => Cause.combine(all, cause)))
})
