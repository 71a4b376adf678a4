/**
 * Moves batches from the input's feed to the device, and keeps what the session must know of each: how many of its rows
 * are examples, and where the input stood after it.
 *
 * An end or a failure of the input is not this party's own end: the session learns of it here, and meets it only after
 * the batches before it have been trained on. So nothing that was read is lost, and a run fails at the same step each time.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type BatchSpec, prepare, type ValidRows } from "../domain/batching.ts"
import type { ExecuteError, InputError } from "../domain/Errors.ts"
import type { Position, PositionedExample } from "../domain/Input.ts"
import type { Executable } from "../services/Device.ts"
import type { Feed } from "../services/Infeed.ts"

/** @category models @since 0.1.0 */
export interface Pump<E> {
  /** Feeds until the input ends, fails, or `limit` batches are fed; the device is told of an end, so that no run waits for more. */
  readonly effect: Effect.Effect<void, ExecuteError>
  /** Ends the feeding: the session runs no more, and what the input has left nobody waits for. */
  readonly halt: Effect.Effect<void>
  /** Batches that can still be run: fed and not taken, or Infinity while the input goes on. */
  readonly available: () => number
  /** Why there are no more, once `available()` is 0; `undefined` for a clean end. */
  readonly failure: () => Cause.Cause<E | InputError> | undefined
  /** Notes that a run has ended after `count` steps. */
  readonly consume: (count: number) => void
  /** Batches run so far. */
  readonly consumed: () => number
  /** Where the input stood after batch number `count` (counted from 1); `undefined` for 0. */
  readonly positionAfter: (count: number) => Position | undefined
  /** The rows that are examples in the oldest batch whose output has not been seen; to be called once per output, in order. */
  readonly nextValid: () => ValidRows
}

export interface PumpOptions<E> {
  readonly feed: Feed<PositionedExample, E>
  readonly first: PositionedExample
  readonly spec: BatchSpec
  readonly executable: Executable
  readonly limit: number
  /** Pad the last batch instead of refusing it. */
  readonly pad: boolean
  /** Seconds before the first batch is fed (`initial_infeed_sleep_secs`). */
  readonly sleepSecs?: number | undefined
}

/** A queue of small values by number, counted from 1; values before `from` are forgotten. */
const makeWindow = <A>() => {
  let from = 1
  let items: Array<A> = []
  return {
    push: (item: A) => void items.push(item),
    at: (count: number): A | undefined => items[count - from],
    forgetBefore: (count: number) => {
      // in blocks, so that the cost per batch is constant
      if (count - from < 64) return
      items = items.slice(count - from)
      from = count
    }
  }
}

/** @category constructors @since 0.1.0 */
export const make = <E>(options: PumpOptions<E>): Pump<E> => {
  const { executable, feed, limit, spec } = options
  const positions = makeWindow<Position>()
  const valid = makeWindow<ValidRows>()
  let fed = 0
  let consumed = 0
  let seen = 0
  let ended = false
  let failure: Cause.Cause<E | InputError> | undefined

  let halted = false
  let wakeHalted = () => {}
  const awaitHalt = Effect.callback<void>((resume) => {
    wakeHalted = () => resume(Effect.void)
    if (halted) wakeHalted()
  })
  const halt = Effect.sync(() => {
    halted = true
    wakeHalted()
  })
  const end = (cause?: Cause.Cause<E | InputError>) =>
    Effect.suspend(() => {
      ended = true
      failure = cause
      return executable.endInput
    })
  const one = Effect.fnUntraced(function* (next: PositionedExample) {
    const prepared = prepare(spec, next.example, fed, options.pad, next.valid)
    if (Result.isFailure(prepared)) {
      yield* end(Cause.fail(prepared.failure))
      return false
    }
    // noted before the batch can be seen by the device, forgotten again if it never gets there
    positions.push(next.position)
    valid.push(prepared.success.valid)
    yield* executable.feed(prepared.success.data)
    fed++
    return true
  })
  const effect = Effect.gen(function* () {
    if (options.sleepSecs !== undefined) yield* Effect.sleep(options.sleepSecs * 1000)
    let going = limit > 0 && (yield* one(options.first))
    while (going && fed < limit) {
      const next = yield* Effect.exit(feed.take)
      if (next._tag === "Success") going = yield* one(next.value)
      else {
        const reasons = next.cause.reasons.filter((r) => !(Cause.isFailReason(r) && Cause.isDone(r.error)))
        if (Cause.hasInterruptsOnly(next.cause) && reasons.length > 0) return yield* Effect.interrupt
        // what is left after `Done` is taken out can only be the input's own failure
        yield* end(reasons.length === 0 ? undefined : (Cause.fromReasons(reasons) as Cause.Cause<E>))
        going = false
      }
    }
  })
  return {
    effect: Effect.raceFirst(effect, awaitHalt),
    halt,
    available: () => (ended ? fed - consumed : Infinity),
    failure: () => failure,
    consume: (count) => {
      consumed += count
      positions.forgetBefore(consumed)
    },
    consumed: () => consumed,
    positionAfter: (count) => positions.at(count),
    nextValid: () => {
      const rows = valid.at(++seen)!
      valid.forgetBefore(seen)
      return rows
    }
  }
}
