/**
 * What an input yields: batches of host tensors in any nest, and sources whose position can be saved.
 *
 * @since 0.1.0
 */
import * as Stream from "effect/Stream"
import type { Nest } from "./Model.ts"
import type { Tensor } from "./Tensor.ts"

/** One global batch: every leaf has the examples on axis 0. A stream of these is an input. @category models @since 0.1.0 */
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
}

/** A seekable input: started from a saved position it yields just what it would have yielded next. @category models @since 0.1.0 */
export interface InputSource<E = never, R = never> {
  readonly _tag: "InputSource"
  readonly batches: (from: Position | undefined) => Stream.Stream<PositionedExample, E, R>
}

/** @category models @since 0.1.0 */
export type Input<E = never, R = never> = InputSource<E, R> | Stream.Stream<Example, E, R>

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
export const fromStream = <E, R>(stream: Stream.Stream<Example, E, R>): InputSource<E, R> =>
  make((from) => {
    const skip = from === undefined ? 0 : Number(from)
    return stream.pipe(
      Stream.drop(skip),
      Stream.zipWithIndex,
      Stream.map(([example, i]) => ({ example, position: String(skip + i + 1) }))
    )
  })

/** @category rules @since 0.1.0 */
export const toSource = <E, R>(input: Input<E, R>): InputSource<E, R> =>
  "_tag" in input && input._tag === "InputSource" ? input : fromStream(input as Stream.Stream<Example, E, R>)
