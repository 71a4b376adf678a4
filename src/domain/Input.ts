/**
 * What an input yields: batches of host tensors in any nest, and sources whose position can be saved.
 *
 * @since 0.1.0
 */
import * as Stream from "effect/Stream"
import { InputError } from "./Errors.ts"
import type { Nest } from "./Model.ts"
import type { Mode } from "./Program.ts"
import type { Tensor } from "./Tensor.ts"

/**
 * One global batch: every leaf has the examples on axis 0. A stream of these is an input. Batches are read ahead and kept
 * until the device takes them, without a copy: give each arrays of its own.
 *
 * @category models
 * @since 0.1.0
 */
export interface Example {
  readonly features: Nest<Tensor>
  readonly labels?: Nest<Tensor>
}

/** Where a source stands: JSON text that only the source reads. @category models @since 0.1.0 */
export type Position = string

/** A batch with the position just after it. @category models @since 0.1.0 */
export interface PositionedExample {
  readonly example: Example
  readonly position: Position
  /** 1 for each row that is an example, 0 for padding that the batch came with. Default: all are examples. */
  readonly valid?: Float32Array
}

/** A seekable input: started from a saved position it yields just what it would have yielded next. @category models @since 0.1.0 */
export interface InputSource<E = never, R = never> {
  readonly _tag: "InputSource"
  readonly batches: (from: Position | undefined) => Stream.Stream<PositionedExample, E, R>
}

/** What a call of an input function is for: the original's `params["batch_size"]` and `params["context"]`. @category models @since 0.1.0 */
export interface InputContext {
  readonly mode: Mode
  /** Rows of each batch of this call: the global batch size or its share, by the deployment. */
  readonly batchSize: number
  /** Which of the calls this is, counted from 0: `shard(invocations, invocation)` of the data belongs to it. */
  readonly invocation: number
  readonly invocations: number
  /** The host that the input is read on. */
  readonly host: number
  /** Replicas that the batches of this call go to. */
  readonly replicasFed: number
  /** The estimator's params: a copy that cannot be changed. */
  readonly params: unknown
}

/** One stream of batches. @category models @since 0.1.0 */
export type SingleInput<E = never, R = never> = InputSource<E, R> | Stream.Stream<Example, E, R>

/** Makes the part of an input that one call is for; see `docs/inputs-on-many-hosts.md`. The original's `input_fn`. @category models @since 0.1.0 */
export type InputFn<E = never, R = never> = (context: InputContext) => SingleInput<E, R>

/** A stream of global batches, a source of them, or a function that is called for each part of them. @category models @since 0.1.0 */
export type Input<E = never, R = never> = SingleInput<E, R> | InputFn<E, R>

/** @category constructors @since 0.1.0 */
export const make = <E, R>(batches: (from: Position | undefined) => Stream.Stream<PositionedExample, E, R>): InputSource<E, R> => ({
  _tag: "InputSource",
  batches
})

/**
 * A plain stream as a source: its position is the number of batches taken, and resuming skips that many. Right for any
 * stream that yields the same batches when run again; use a seekable source where skipping is slow.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromStream = <E, R>(stream: Stream.Stream<Example, E, R>): InputSource<E | InputError, R> =>
  make<E | InputError, R>((from) => {
    const skip = from === undefined ? 0 : Number(from)
    if (!Number.isInteger(skip) || skip < 0) {
      const detail = `expected a number of batches, got ${from}; the checkpoint belongs to another kind of input`
      return Stream.fail(new InputError({ reason: "BadPosition", leaf: "", detail }))
    }
    return stream.pipe(
      Stream.drop(skip),
      Stream.zipWithIndex,
      Stream.map(([example, i]) => ({ example, position: String(skip + i + 1) }))
    )
  })

/** Whatever a caller without types has given. @category rules @since 0.1.0 */
export const isSource = <E, R>(input: SingleInput<E, R>): input is InputSource<E, R> =>
  (input as Partial<InputSource> | null | undefined)?._tag === "InputSource"

/** @category rules @since 0.1.0 */
export const toSource = <E, R>(input: SingleInput<E, R>): InputSource<E | InputError, R> => (isSource(input) ? input : fromStream(input))
