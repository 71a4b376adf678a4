/**
 * What a program file exports by default, so that the command line can train, evaluate, predict and export with it.
 *
 * @since 0.1.0
 */
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Result from "effect/Result"
import { ConfigError } from "../domain/Errors.ts"
import type { Input } from "../domain/Input.ts"
import { nearest } from "../domain/suggest.ts"
import type { Nest } from "../domain/Model.ts"
import type { Tensor, TensorType } from "../domain/Tensor.ts"
import type { Estimator } from "./Estimator.ts"

/** Settings of a program that may be changed by `--param name=value`; the defaults give each its type. @category models @since 0.1.0 */
export type Params = { readonly [name: string]: number | string | boolean }

/** An input that the command line can run: whatever it fails with is reported, and it may use the file system. @category models @since 0.1.0 */
export type ProgramInput = Input<unknown, FileSystem.FileSystem | Path.Path>

/** One prediction: every output of the model for one example. @category models @since 0.1.0 */
export type Prediction = { readonly [name: string]: Tensor }

/** @category models @since 0.1.0 */
export interface ProgramParts<P> {
  /** Its host functions may fail with anything, and use what inputs may use. */
  readonly estimator: Estimator<P, unknown, FileSystem.FileSystem | Path.Path>
  readonly train?: ProgramInput
  readonly evaluate?: ProgramInput
  readonly predict?: {
    readonly input: ProgramInput
    /** Text for one prediction, written as it is: with a newline where one is wanted. Default: one JSON object a line. */
    readonly print?: (prediction: Prediction, index: number) => string
  }
  readonly export?: {
    /** What an exported model is called with, in the form of one example's features; default: that of the first of `predict`. */
    readonly features: Nest<TensorType>
  }
}

/** What the command line takes: which estimator, parameters and inputs it holds shows when it is made. @category models @since 0.1.0 */
export interface ProgramModule {
  readonly _tag: "ProgramModule"
  readonly params: Params
  /** The parts for the defaults with `changes` (text, as typed) put in. */
  readonly makeWith: (changes: { readonly [name: string]: string }) => Result.Result<ProgramParts<unknown>, ConfigError>
}

/** @category models @since 0.1.0 */
export interface Program<S extends Params, P> extends ProgramModule {
  readonly params: S
  readonly make: (params: S) => ProgramParts<P>
}

/**
 * Describes a program: its settings with their defaults, and how to make the estimator and its inputs from them. `make` is
 * called once a command.
 *
 * @category constructors
 * @since 0.1.0
 */
export const defineProgram = <const S extends Params, P>(options: {
  readonly params: S
  readonly make: (params: Widen<S>) => ProgramParts<P>
}): Program<Widen<S>, P> => {
  // a literal default such as 4 stands for any value of its type
  const params = options.params as unknown as Widen<S>
  return {
    _tag: "ProgramModule",
    params,
    make: options.make,
    // an estimator is used with its own parameters only, so their type may be forgotten
    makeWith: (changes) => Result.map(withParams(params, changes), (settings) => options.make(settings) as unknown as ProgramParts<unknown>)
  }
}

/** `{ layers: 4 }` as `{ layers: number }`. @category models @since 0.1.0 */
export type Widen<S extends Params> = {
  readonly [K in keyof S]: S[K] extends number ? number : S[K] extends string ? string : boolean
}

/** @category rules @since 0.1.0 */
export const isProgramModule = (value: unknown): value is ProgramModule =>
  typeof value === "object" && value !== null && "_tag" in value && value._tag === "ProgramModule"

/** The defaults with `changes` (text, as typed) put in; an unknown name or a value of another type is a `ConfigError`. @category rules @since 0.1.0 */
export const withParams = <S extends Params>(defaults: S, changes: { readonly [name: string]: string }): Result.Result<S, ConfigError> => {
  const out: { [name: string]: number | string | boolean } = { ...defaults }
  for (const [name, text] of Object.entries(changes)) {
    const known = Object.hasOwn(defaults, name) ? defaults[name] : undefined
    if (known === undefined) {
      const suggestion = nearest(name, Object.keys(defaults))
      const detail = `the program has no such parameter; it has ${Object.keys(defaults).join(", ")}.`
      return Result.fail(new ConfigError({ key: `--param ${name}`, detail, ...(suggestion === undefined ? {} : { suggestion }) }))
    }
    const value = parse(text, known)
    if (value === undefined) {
      return Result.fail(new ConfigError({ key: `--param ${name}`, detail: `expected a ${typeof known}, got ${JSON.stringify(text)}.` }))
    }
    out[name] = value
  }
  // every value was parsed by the type of its default
  return Result.succeed(out as S)
}

const parse = (text: string, like: number | string | boolean): number | string | boolean | undefined => {
  if (typeof like === "string") return text
  if (typeof like === "boolean") return text === "true" ? true : text === "false" ? false : undefined
  const n = Number(text)
  return text.trim() !== "" && Number.isFinite(n) ? n : undefined
}
