/**
 * Several sources as one, in turn: what `PerHostV2` wants of a host whose replicas each read a text of their own.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InputError } from "../Errors.ts"
import { type InputSource, make, type Position, type PositionedExample } from "../Input.ts"
import { drawsOf } from "./draws.ts"

const State = Schema.fromJsonString(Schema.Struct({ turn: Schema.Int, positions: Schema.Array(Schema.NullOr(Schema.String)) }))

const parse = (from: Position | undefined, count: number) => {
  const positions = new Array<Position | null>(count).fill(null)
  if (from === undefined) return Result.succeed({ turn: 0, positions })
  const parsed = Schema.decodeUnknownResult(State)(from)
  const turn = Result.isSuccess(parsed) && parsed.success.positions.length === count ? parsed.success.turn : -1
  if (Result.isSuccess(parsed) && turn >= 0 && turn < count) return Result.succeed({ turn, positions: [...parsed.success.positions] })
  const detail = `expected the positions of ${count} interleaved sources, got ${from}; the checkpoint belongs to another input`
  return Result.fail(new InputError({ reason: "BadPosition", leaf: "", detail }))
}

/**
 * Batch k comes from source `k % sources.length`: with `PerHostV2` and one source for each of the host's replicas, each
 * replica reads one source from beginning to end, as its recurrent cache needs. Ends when the source whose turn it is has
 * ended; what the others still have is not read. The position is those of all.
 *
 * @category combinators
 * @since 0.1.0
 */
export const interleave = <E, R>(sources: ReadonlyArray<InputSource<E, R>>): InputSource<E | InputError, R> =>
  make<E | InputError, R>((from) => {
    if (sources.length === 0) return Stream.empty
    const parsed = parse(from, sources.length)
    if (Result.isFailure(parsed)) return Stream.fail(parsed.failure)
    const { positions } = parsed.success
    let { turn } = parsed.success
    const pull = Effect.gen(function* () {
      const draws = yield* drawsOf(
        sources,
        positions.map((position) => position ?? undefined)
      )
      return Effect.gen(function* () {
        const drawn = yield* draws[turn]!
        if (drawn === undefined) return yield* Cause.done()
        positions[turn] = drawn.position
        turn = (turn + 1) % sources.length
        const next: PositionedExample = { ...drawn, position: JSON.stringify({ turn, positions }) }
        return [next] as const
      })
    })
    return Stream.scoped(Stream.fromPull(pull))
  })
