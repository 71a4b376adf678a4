/**
 * Calls an input function once for each unit of a plan, in order, and checks what it returns.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { InputError } from "../Errors.ts"
import { type InputContext, type InputFn, type InputSource, isSource, type SingleInput, toSource } from "../Input.ts"
import type { Plan, Unit } from "./plan.ts"

/** A copy of records and arrays that cannot be changed; anything else in them (functions, typed arrays) is shared. @category rules @since 0.1.0 */
export const frozenCopy = (value: unknown): unknown => {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy))
  if (typeof value !== "object" || value === null) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, frozenCopy(item)])))
}

/** `call 1 of 2 (host 1)`, as messages name a unit. @category rules @since 0.1.0 */
export const nameOf = (plan: Plan, { host, invocation }: Unit): string => `call ${invocation} of ${plan.units.length} (host ${host})`

const kindOf = (value: unknown): string => {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Promise) return "a Promise"
  return typeof value === "object" ? `an object with ${Object.keys(value).slice(0, 4).join(", ")}` : `a ${typeof value}`
}

/** What the calls of a program have in common. @category rules @since 0.1.0 */
export const contextOf = (plan: Plan, unit: Unit, params: unknown): InputContext => ({
  mode: plan.mode,
  batchSize: plan.batchSize,
  invocation: unit.invocation,
  invocations: plan.units.length,
  host: unit.host,
  replicasFed: unit.replicasFed,
  params
})

/** Anything but a stream or a source (a batch, a pair of features and labels, a Promise) is `NotAnInput`; `what` begins the message. @category rules @since 0.1.0 */
export const sourceOf = <E, R>(made: SingleInput<E, R>, what: string): Result.Result<InputSource<E | InputError, R>, InputError> => {
  if (Stream.isStream(made) || isSource(made)) return Result.succeed(toSource(made))
  const detail = `${what} ${kindOf(made)}; an input is a Stream of { features, labels? }, an InputSource such as fromArrays(…), or a function that returns one of these`
  return Result.fail(new InputError({ reason: "NotAnInput", leaf: "", detail }))
}

/**
 * The sources of all units, in the order of their calls. Fails with `NotAnInput` for what a call returned, and with
 * `InputFnThrew` when it throws.
 *
 * @category constructors
 * @since 0.1.0
 */
export const callInput = <E, R>(
  input: InputFn<E, R>,
  plan: Plan,
  params: unknown
): Result.Result<ReadonlyArray<InputSource<E | InputError, R>>, InputError> => {
  const frozen = frozenCopy(params)
  const sources: Array<InputSource<E | InputError, R>> = []
  for (const unit of plan.units) {
    let made: SingleInput<E, R>
    try {
      made = input(contextOf(plan, unit, frozen))
    } catch (cause) {
      const detail = `the input function threw in ${nameOf(plan, unit)}: ${cause instanceof Error ? cause.message : String(cause)}`
      return Result.fail(new InputError({ reason: "InputFnThrew", leaf: "", detail, cause }))
    }
    const source = sourceOf(made, `${nameOf(plan, unit)} returned`)
    if (Result.isFailure(source)) return Result.fail(source.failure)
    sources.push(source.success)
  }
  return Result.succeed(sources)
}
