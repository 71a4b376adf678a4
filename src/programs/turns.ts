/**
 * Who may use a program that many want: one at a time, in order of asking, and none that would wait for itself.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { ConfigError, PredictorTaken } from "../domain/Errors.ts"

/** The turns that the surrounding program has: what runs within them must not ask for one again. */
const Held = Context.Reference<ReadonlySet<unknown>>("effect-estimator/programs/turns/Held", { defaultValue: () => new Set() })

/** @category models @since 0.1.0 */
export interface Turns {
  /**
   * A turn until the scope closes. Fails with `PredictorTaken` where its holder asks again: the fiber that took it, or what it runs within
   * it; and where its holder has let it lie, unread, for as long as the patience lasts. `ConfigError` for a patience that is none.
   */
  readonly take: Effect.Effect<void, ConfigError | PredictorTaken, Scope.Scope>
  /** What runs within a turn. */
  readonly within: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** The holder asks for more: for as long as this takes the turn is not left lying. */
  readonly using: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

const nested = new PredictorTaken({
  reason: "Nested",
  detail:
    "a prediction was asked of it from within another of its streams, which would wait for itself. Read that stream to its end first (Stream.runCollect), or make a second predictor"
})

/** `patienceSecs` is how long a holder may read nothing while others wait. @category constructors @since 0.1.0 */
export const make = (patienceSecs: number): Effect.Effect<Turns> =>
  Effect.map(Semaphore.make(1), (gate) => {
    const own = {}
    const patience = patienceSecs * 1000
    let holder: number | undefined
    /** Since when the holder has asked for nothing; `undefined` while it asks, and where there is none. */
    let idleSince: number | undefined
    const release = Effect.suspend(() => {
      holder = undefined
      idleSince = undefined
      return gate.release(1)
    })
    const outwaited: Effect.Effect<never, PredictorTaken> = Effect.gen(function* () {
      while (true) {
        const idle = idleSince === undefined ? 0 : (yield* Clock.currentTimeMillis) - idleSince
        if (idle >= patience) {
          const detail = `the stream that has it was not read for ${patienceSecs} seconds. Read each stream to its end or leave it, not asking for another meanwhile; or allow more patienceSecs`
          return yield* new PredictorTaken({ reason: "Unread", detail })
        }
        yield* Effect.sleep(patience - idle)
      }
    })
    /** A turn that is granted as the patience ends is given back. */
    const wait = Effect.suspend(() => {
      let granted = false
      const taking = Effect.map(gate.take(1), () => void (granted = true))
      return Effect.raceFirst(taking, outwaited).pipe(Effect.onError(() => (granted ? gate.release(1) : Effect.void)))
    })
    const take = Effect.gen(function* () {
      if (!(patienceSecs > 0)) {
        return yield* new ConfigError({ key: "patienceSecs", detail: `expected a positive number of seconds, got ${patienceSecs}.` })
      }
      const fiber = Fiber.getCurrent()?.id
      if ((yield* Held).has(own) || (holder !== undefined && holder === fiber)) return yield* nested
      yield* Effect.acquireRelease(wait, () => release, { interruptible: true })
      holder = fiber
    })
    const using = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.ensuring(
        Effect.suspend(() => {
          idleSince = undefined
          return effect
        }),
        Effect.map(Clock.currentTimeMillis, (now) => void (idleSince = now))
      )
    const within = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.flatMap(Held, (held) => Effect.provideService(effect, Held, new Set([...held, own])))
    return { take, within, using }
  })
