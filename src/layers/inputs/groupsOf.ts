/**
 * Groups of so many elements; the last one may be smaller.
 *
 * @since 0.1.0
 */
import * as Stream from "effect/Stream"

/** What follows the last element of a stream that ends well. */
const end = Symbol("end")

/**
 * As `Stream.grouped`, which also emits what it holds when the stream fails: a cut group would pass for a batch then. Here
 * the failure comes in its place.
 *
 * @category combinators
 * @since 0.1.0
 */
export const groupsOf =
  (size: number) =>
  <A, E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<ReadonlyArray<A>, E, R> =>
    Stream.concat(stream, Stream.succeed(end)).pipe(
      Stream.mapAccum(
        (): Array<A> => [],
        (held, element: A | typeof end): readonly [Array<A>, ReadonlyArray<ReadonlyArray<A>>] => {
          if (element === end) return [[], held.length === 0 ? [] : [held]]
          held.push(element)
          return held.length === size ? [[], [held]] : [held, []]
        }
      )
    )
