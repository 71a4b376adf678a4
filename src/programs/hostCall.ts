/**
 * Runs the model's host call for each step's outputs, in the fiber that drains the outfeed.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { type BatchSpec, firstRows, type ValidRows } from "../domain/batching.ts"
import { HostFunctionError, type SinkError } from "../domain/Errors.ts"
import { outfeedLeaves, type Program, type StepOutput } from "../domain/Program.ts"
import * as Summary from "../domain/Summary.ts"
import type { Tensor, TensorData, TensorType } from "../domain/Tensor.ts"
import * as Summaries from "../services/Summaries.ts"
import type { Traced, TracedSummary } from "../services/Tracer.ts"

/** Where a named tensor lies in the outfeed. */
export interface OutfeedRef {
  readonly name: string
  readonly outfeed: number
}

/** A reader of named tensors out of a step's outfeed, rows of examples only. @category constructors @since 0.1.0 */
export const reader = (program: Program, refs: ReadonlyArray<OutfeedRef>, spec: BatchSpec) => {
  const types: ReadonlyArray<TensorType> = outfeedLeaves(program.step).map((leaf) => leaf.type)
  return (outfeed: ReadonlyArray<TensorData>, rows: ValidRows): { readonly [name: string]: Tensor } => {
    const named: Record<string, Tensor> = {}
    for (const ref of refs) named[ref.name] = firstRows(outfeed[ref.outfeed]!, types[ref.outfeed]!, spec, rows)
    return named
  }
}

/** What a host function gave, with the effect that it may be already run; a promise, of a caller without types, is refused. */
const settled = <A, E, R>(name: string, step: number, made: A | Effect.Effect<A, E, R>): Effect.Effect<A, HostFunctionError | E, R> => {
  if (Effect.isEffect(made)) return made as Effect.Effect<A, E, R> // `isEffect` forgets the parameters
  if (!Predicate.isPromiseLike(made)) return Effect.succeed(made as A) // as above
  void made.then(undefined, () => undefined) // nobody waits for it: what it fails with would end the process
  const detail = "it gave a promise, which nothing waits for. Give an Effect: wrap what it does in Effect.tryPromise"
  return Effect.fail(new HostFunctionError({ function: name, step, detail, cause: made }))
}

/** Runs one of the model's host functions, and the effect that it may give; what it throws names it, an effect's error stays its own. @category constructors @since 0.1.0 */
export const attempt = <A, E, R>(name: string, step: number, f: () => A | Effect.Effect<A, E, R>): Effect.Effect<A, HostFunctionError | E, R> =>
  Effect.try({
    try: f,
    catch: (cause) => new HostFunctionError({ function: name, step, detail: cause instanceof Error ? cause.message : String(cause), cause })
  }).pipe(Effect.flatMap((made) => settled(name, step, made)))

/** Calls the host function with the step's tensors; `step` is the global step after it. With `everySteps` it is called for the first step and then for each so many. @category constructors @since 0.1.0 */
export const hostCaller = <E, R>(
  traced: Traced<E, R>,
  spec: BatchSpec
): ((output: StepOutput, rows: ValidRows, step: number) => Effect.Effect<unknown, HostFunctionError | SinkError | E, R>) => {
  const { hostCall } = traced
  if (hostCall === undefined) return () => Effect.void
  const read = reader(traced.program, hostCall.tensors, spec)
  let seen = 0
  return (output, rows, step) =>
    seen++ % hostCall.everySteps === 0 ? attempt("hostCall", step, () => hostCall.call(read(output.outfeed, rows), step)) : Effect.void
}

/** What becomes of a step's outputs; `step` is the global step after it. @category models @since 0.1.0 */
export type OutputHandler = (output: StepOutput, rows: ValidRows, step: number) => Effect.Effect<void, SinkError>

const summaryOf = ({ kind, name, options }: TracedSummary, tensor: Tensor): Summary.Summary =>
  kind === "scalar"
    ? Summary.scalar(name, tensor)
    : kind === "histogram"
      ? Summary.histogram(name, tensor, options)
      : Summary.image(name, tensor, options)

/** Hands what the model function wants seen to the sinks: of the first step, and then of every so many. None where it wants nothing seen. @category constructors @since 0.1.0 */
export const summaryCaller = (traced: Traced<unknown, unknown>, spec: BatchSpec, everySteps: number): OutputHandler | undefined => {
  const { program, summaries } = traced
  if (summaries.length === 0) return undefined
  const read = reader(program, summaries, spec)
  let seen = 0
  return (output, rows, step) =>
    seen++ % everySteps === 0
      ? Effect.suspend(() => {
          const tensors = read(output.outfeed, rows)
          return Summaries.write(
            step,
            summaries.map((summary) => summaryOf(summary, tensors[summary.name]!))
          )
        })
      : Effect.void
}
