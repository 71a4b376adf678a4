/**
 * The inputs of all units as one source of global batches.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { InputError } from "../Errors.ts"
import { type InputSource, make, type Position, type PositionedExample } from "../Input.ts"
import { nameOf } from "./callInput.ts"
import { combine, type CombineOptions, type Part } from "./combine.ts"
import { type Draw, drawsOf } from "./draws.ts"
import type { Plan } from "./plan.ts"

const Positions = Schema.fromJsonString(Schema.Array(Schema.NullOr(Schema.String)))

/** Where each unit stood: a JSON list, one entry for each call. @category rules @since 0.1.0 */
export const parsePositions = (from: Position | undefined, units: number): Result.Result<ReadonlyArray<Position | undefined>, InputError> => {
  if (from === undefined) return Result.succeed(new Array<undefined>(units).fill(undefined))
  const parsed = Schema.decodeUnknownResult(Positions)(from)
  if (Result.isSuccess(parsed) && parsed.success.length === units) return Result.succeed(parsed.success.map((position) => position ?? undefined))
  const came = Result.isSuccess(parsed) ? `one of ${parsed.success.length} calls` : from
  const detail = `expected the positions of ${units} calls of the input, got ${came}; a run goes on with the topology and the perHostInput that it began with`
  return Result.fail(new InputError({ reason: "BadPosition", leaf: "", detail }))
}

/** @category models @since 0.1.0 */
export interface GlobalOptions {
  readonly batchAxis?: ReadonlyArray<number> | undefined
  /** Told when, in training, some units have ended and others have not: what they still had is not used. */
  readonly onUneven: (message: string) => Effect.Effect<void>
}

const unevenMessage = (plan: Plan, ended: ReadonlyArray<boolean>, steps: number): string => {
  const names = plan.units.filter((_, i) => ended[i]).map((unit) => nameOf(plan, unit))
  return `the input of ${names.join(" and ")} ended before step ${steps + 1} of this run was complete; training ends after ${steps} whole steps, and what the others had for the next is not used`
}

/** One global batch a pull: every unit's draws, unit after unit, strictly in order. */
const stepOf = <E>(
  plan: Plan,
  draws: ReadonlyArray<Draw<E>>,
  positions: Array<Position | undefined>,
  options: GlobalOptions
): Pull.Pull<readonly [PositionedExample], E | InputError> => {
  const training = plan.mode === "train"
  const ended = plan.units.map(() => false)
  const combineOptions: CombineOptions = {
    partRows: plan.batchSize,
    batchAxis: options.batchAxis,
    pad: !training,
    nameOf: (part) => nameOf(plan, plan.units[Math.floor(part / plan.draws)]!)
  }
  let steps = 0
  return Effect.gen(function* () {
    const parts = new Array<Part>(plan.units.length * plan.draws).fill(undefined)
    let given = 0
    for (let u = 0; u < plan.units.length; u++) {
      for (let d = 0; d < plan.draws && !ended[u]; d++) {
        const drawn = yield* draws[u]!
        if (drawn === undefined) ended[u] = true
        else {
          parts[u * plan.draws + d] = drawn.example
          positions[u] = drawn.position
          given++
        }
      }
    }
    if (given === 0) return yield* Cause.done()
    if (training && given < parts.length) {
      yield* options.onUneven(unevenMessage(plan, ended, steps))
      return yield* Cause.done()
    }
    const { example, valid } = yield* Effect.fromResult(combine(parts, steps, combineOptions))
    steps++
    const position = JSON.stringify(positions.map((p) => p ?? null))
    return [valid === undefined ? { example, position } : { example, position, valid }] as const
  })
}

/**
 * One source of global batches out of the sources of a plan's units (`callInput`). In training it ends with the last step
 * for which every unit had its batches; otherwise with the last batch of the last unit, the places of those that have
 * ended being padding. Its position is that of all units together.
 *
 * @category constructors
 * @since 0.1.0
 */
export const toGlobal = <E, R>(plan: Plan, sources: ReadonlyArray<InputSource<E, R>>, options: GlobalOptions): InputSource<E | InputError, R> =>
  make((from) => {
    const parsed = parsePositions(from, sources.length)
    if (Result.isFailure(parsed)) return Stream.fail(parsed.failure)
    const positions = [...parsed.success]
    const pull = Effect.map(drawsOf(sources, positions), (draws) => stepOf(plan, draws, positions, options))
    return Stream.scoped(Stream.fromPull(pull))
  })
