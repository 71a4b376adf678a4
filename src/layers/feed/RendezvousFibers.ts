/**
 * `Rendezvous` by sibling fibers.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { PartyStalled } from "../../domain/Errors.ts"
import { type Party, Rendezvous } from "../../services/Rendezvous.ts"

/** How a party ended, in the order of ending. @category models @since 0.1.0 */
export interface Outcome {
  readonly party: string
  readonly exit: Exit.Exit<unknown, unknown>
}

export interface Options {
  /** Time a party has to end once another one has failed: a step, a checkpoint. Default one minute. */
  readonly deadline?: Duration.Input
  /** Told of every party's end. */
  readonly onOutcome?: (outcome: Outcome) => void
}

const withoutInterrupts = <E>(cause: Cause.Cause<E>) => cause.reasons.filter((reason) => !Cause.isInterruptReason(reason))

/** @category constructors @since 0.1.0 */
export const make = (options: Options = {}): Rendezvous["Service"] => {
  const deadline = Duration.fromInputUnsafe(options.deadline ?? "1 minute")
  const meet = Effect.fnUntraced(function* <A, E, R, E2, R2>(main: Effect.Effect<A, E, R>, parties: ReadonlyArray<Party<E2, R2>>) {
    const failures: Array<Cause.Cause<E | E2 | PartyStalled>> = []
    const failed = yield* Deferred.make<void>()
    const watched = <X, EX extends E | E2, RX>(party: string, effect: Effect.Effect<X, EX, RX>) =>
      effect.pipe(
        Effect.onExit((exit) => {
          options.onOutcome?.({ party, exit })
          if (Exit.isSuccess(exit)) return Effect.void
          failures.push(exit.cause)
          return Deferred.succeed(failed, undefined)
        }),
        // siblings must start before one can fail: a fiber that fails at once still lets the others be forked
        (self) => Effect.andThen(Effect.yieldNow, self),
        // one a run: what a profile shows of this fiber
        Effect.withSpan(party)
      )
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        // detached: a child that hangs would hold its parent; each of them is interrupted and awaited below, whatever happens
        const mainFiber = yield* Effect.forkDetach(restore(watched("session", main)))
        const others: Array<{ name: string; fiber: Fiber.Fiber<void, E2> }> = []
        for (const party of parties) others.push({ name: party.name, fiber: yield* Effect.forkDetach(restore(watched(party.name, party.effect))) })
        const all = [...others, { name: "session", fiber: mainFiber as Fiber.Fiber<unknown, E | E2> }]
        const finished = Fiber.awaitAll(all.map((party) => party.fiber))
        const waited = yield* Effect.exit(restore(Effect.raceFirst(finished, Deferred.await(failed))))
        // the session first: on its way out it saves, and lets the outfeed catch up
        yield* release("session", mainFiber)
        yield* Effect.forEach(others, (party) => release(party.name, party.fiber), { concurrency: "unbounded", discard: true })
        if (failures.length > 0) {
          const reasons = failures.flatMap(withoutInterrupts)
          return yield* Effect.failCause(reasons.length > 0 ? Cause.fromReasons(reasons) : Cause.interrupt())
        }
        if (Exit.isFailure(waited)) return yield* Effect.failCause(waited.cause)
        return yield* Fiber.join(mainFiber)
      })
    )

    function release(party: string, fiber: Fiber.Fiber<unknown, unknown>): Effect.Effect<void> {
      // in a fiber of its own: this one may be under interruption, and then could not wait with a deadline
      return Effect.forkDetach(Effect.timeoutOption(Fiber.interrupt(fiber), deadline)).pipe(
        Effect.flatMap(Fiber.join),
        Effect.map((ended) => {
          if (ended._tag === "None") failures.push(Cause.fail(new PartyStalled({ party, waitedMillis: Duration.toMillis(deadline) })))
        })
      )
    }
  })
  return Rendezvous.of({ meet })
}

/** @category layers @since 0.1.0 */
export const layer = (options?: Options): Layer.Layer<Rendezvous> => Layer.succeed(Rendezvous, make(options))

/** Also writes every party's outcome to `log`, in the order of ending. @category layers @since 0.1.0 */
export const layerRecorded = (log: Array<Outcome>, options?: Options): Layer.Layer<Rendezvous> =>
  Layer.succeed(Rendezvous, make({ ...options, onOutcome: (outcome) => void log.push(outcome) }))
