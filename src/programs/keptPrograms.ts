/**
 * Compiled programs that outlive one call: `trainAndEvaluate` and `evaluateAll` evaluate often, and compile once.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { BatchSpec } from "../domain/batching.ts"
import type { Mode } from "../domain/Program.ts"

/** @category models @since 0.1.0 */
export interface KeptPrograms<A> {
  readonly find: (mode: Mode, spec: BatchSpec) => A | undefined
  /** `scope` is the program's own, made by `open`. */
  readonly keep: (mode: Mode, spec: BatchSpec, program: A, scope: Scope.Closeable) => void
  /** Forgets a program that is of no use any more, and closes it. */
  readonly drop: (mode: Mode, spec: BatchSpec) => Effect.Effect<void>
  /** A scope for the next program: closed with the others, or before, if it does not come to one. */
  readonly open: Effect.Effect<Scope.Closeable>
}

const keyOf = (mode: Mode, { axes, batchSize, broadcast, features, labels, replicas }: BatchSpec): string =>
  JSON.stringify([mode, batchSize, replicas, broadcast, axes, features, labels ?? null])

/** For the calls of one estimator with one device, one after another; ends with the scope it is made in. @category constructors @since 0.1.0 */
export const make = Effect.fnUntraced(function* <A>(): Effect.fn.Return<KeptPrograms<A>, never, Scope.Scope> {
  const scope = yield* Effect.scope
  const programs = new Map<string, { readonly program: A; readonly scope: Scope.Closeable }>()
  return {
    find: (mode, spec) => programs.get(keyOf(mode, spec))?.program,
    keep: (mode, spec, program, own) => void programs.set(keyOf(mode, spec), { program, scope: own }),
    drop: (mode, spec) =>
      Effect.suspend(() => {
        const found = programs.get(keyOf(mode, spec))
        programs.delete(keyOf(mode, spec))
        return found === undefined ? Effect.void : Scope.close(found.scope, Exit.void)
      }),
    open: Scope.fork(scope)
  }
})
