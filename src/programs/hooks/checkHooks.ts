/**
 * What callers without types may have given as hooks: told before anything is run, or where it shows.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { ConfigError } from "../../domain/Errors.ts"
import type { Mode } from "../../domain/Program.ts"
import { nearest } from "../../domain/suggest.ts"
import type { Hook, HookSignal } from "../../services/Hooks.ts"

/** Points that are an effect, and those that are a function to one. */
const effects = ["begin", "save"] as const
const functions = ["afterCreate", "beforeRun", "afterRun", "end", "beforeSave", "afterSave", "restore"] as const

const described = (x: unknown): string => {
  if (x === null || x === undefined) return String(x)
  if (Array.isArray(x)) return "an array"
  if (x instanceof Promise) return "a promise"
  if (Effect.isEffect(x)) return "an Effect"
  return typeof x === "function" ? "a function" : typeof x === "object" ? "a record" : JSON.stringify(x)
}

const refuse = (key: string, detail: string, suggestion?: string): ConfigError =>
  new ConfigError({ key, detail, ...(suggestion === undefined ? {} : { suggestion }) })

/** A point that is misspelt would never be called. What is near to a point that the hook has as well is a field of its own. */
const misspelt = (hook: { readonly [point: string]: unknown }, key: string): ConfigError | undefined => {
  const points = [...effects, ...functions]
  for (const [name, value] of Object.entries(hook)) {
    if (name === "name" || name === "needsLoss" || points.some((point) => point === name)) continue
    const point = typeof value === "function" || Effect.isEffect(value) ? nearest(name, points) : undefined
    if (point === undefined || hook[point] !== undefined) continue
    return refuse(
      `${key}.${name}`,
      "there is no such point, so it would never be called; a function of the hook's own needs a name that is not so near.",
      point
    )
  }
  return undefined
}

const wrongOf = (hook: unknown, i: number, mode: Mode): ConfigError | undefined => {
  const key = `hooks[${i}]`
  if (typeof hook !== "object" || hook === null || Array.isArray(hook) || Effect.isEffect(hook)) {
    return refuse(key, `expected a hook, a record of a name and points such as afterRun, got ${described(hook)}.`)
  }
  const given = hook as { readonly [point: string]: unknown } // each field is looked at below
  if (typeof given["name"] !== "string") return refuse(`${key}.name`, `expected the hook's name, a string, got ${described(given["name"])}.`)
  for (const point of effects) {
    const value = given[point]
    if (value !== undefined && !Effect.isEffect(value)) return refuse(`${key}.${point}`, `expected an Effect, got ${described(value)}.`)
  }
  for (const point of functions) {
    const value = given[point]
    if (value !== undefined && typeof value !== "function") {
      return refuse(`${key}.${point}`, `expected a function that gives an Effect, got ${described(value)}.`)
    }
  }
  const other = misspelt(given, key)
  if (other !== undefined) return other
  if (mode === "predict" && given["needsLoss"] === true) {
    return refuse("hooks", `"${given["name"]}" looks at the loss, and predictions have none: leave it out of predict's hooks.`)
  }
  return undefined
}

/** The hooks given to a program, each one a hook, and one for its mode. @category constructors @since 0.1.0 */
export const checkHooks = <E, R>(given: ReadonlyArray<Hook<E, R>> | undefined, mode: Mode): Effect.Effect<ReadonlyArray<Hook<E, R>>, ConfigError> => {
  if (given === undefined) return Effect.succeed([])
  const unknown: unknown = given
  if (!Array.isArray(unknown)) return Effect.fail(refuse("hooks", `expected an array of hooks, got ${described(unknown)}.`))
  for (const [i, hook] of unknown.entries()) {
    const wrong = wrongOf(hook, i, mode)
    if (wrong !== undefined) return Effect.fail(wrong)
  }
  return Effect.succeed(given)
}

/** What a hook's function gave, if it is an effect: anything else the program would wait for without end, or leave undone. @category rules @since 0.1.0 */
export const effectOf = <A, E, R>(
  hook: { readonly name: string },
  point: string,
  given: Effect.Effect<A, E, R>
): Effect.Effect<A, E | ConfigError, R> =>
  Effect.isEffect(given)
    ? given
    : Effect.fail(
        refuse(
          `hook ${hook.name}`,
          `${point} must give an Effect, it gave ${described(given)}. Wrap what it does: Effect.sync(() => …), or Effect.promise(() => …) for a promise.`
        )
      )

/** A signal by its name; none counts as `"continue"`. @category rules @since 0.1.0 */
export const signalOf = <S extends HookSignal>(
  hook: { readonly name: string },
  point: string,
  known: ReadonlyArray<S>,
  given: S
): Effect.Effect<S, ConfigError> => {
  const signal: unknown = given
  if (known.includes(given) || signal === undefined) return Effect.succeed(given)
  const names = known.map((name) => `"${name}"`).join(", ")
  const suggestion = typeof signal === "string" ? nearest(signal, known) : undefined
  return Effect.fail(refuse(`hook ${hook.name}`, `${point} must give one of ${names}, it gave ${described(signal)}.`, suggestion))
}
