/**
 * Run configuration as text: files, and single values by key as environment variables and flags give them. What of these
 * goes before what is settled by `RunConfig.merge`: code, then file, then environment, then flags.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Toml from "effect/encoding/Toml"
import * as Yaml from "effect/encoding/Yaml"
import { ConfigError } from "./Errors.ts"
import * as RunConfig from "./RunConfig.ts"
import { nearest } from "./suggest.ts"
import * as TpuConfig from "./TpuConfig.ts"

/** Every key by its path, such as `modelDir` and `tpu.numShards`. @category constants @since 0.1.0 */
export const paths: ReadonlyArray<string> = [...RunConfig.keys.filter((key) => key !== "tpu"), ...TpuConfig.keys.map((key) => `tpu.${key}`)]

/** What the names of environment variables begin with. @category constants @since 0.1.0 */
export const environmentPrefix = "EFFECT_ESTIMATOR_"

/** Variables of that prefix that are not of the run configuration: the plugin of the `pjrt` engine. @category constants @since 0.1.0 */
export const otherVariables: ReadonlyArray<string> = ["EFFECT_ESTIMATOR_PJRT_PLUGIN"]

/** `tpu.numShards` as `EFFECT_ESTIMATOR_TPU_NUM_SHARDS`. @category rules @since 0.1.0 */
export const environmentName = (path: string): string =>
  environmentPrefix +
  path
    .replaceAll(".", "_")
    .replace(/[a-z0-9](?=[A-Z])|[A-Z](?=[A-Z][a-z])/g, "$&_")
    .toUpperCase()

/** One value as text. @category models @since 0.1.0 */
export interface Entry {
  /** What to call it in an error: the variable, the flag. */
  readonly name: string
  /** The key's path; `undefined` when the name is none of those known. */
  readonly path: string | undefined
  readonly text: string
}

const at = (path: string, value: unknown): RunConfig.RunConfigInput =>
  // checked where it is made
  (path.startsWith("tpu.") ? { tpu: { [path.slice(4)]: value } } : { [path]: value }) as RunConfig.RunConfigInput

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What all names of variables have in common says nothing about which is near. */
const bare = (name: string): string => (name.startsWith(environmentPrefix) ? name.slice(environmentPrefix.length) : name)

/** The text itself where the key takes it, else what it says as JSON. */
const one = ({ name, path, text }: Entry, names: ReadonlyArray<string>): Result.Result<RunConfig.RunConfigInput, ConfigError> => {
  if (path === undefined) {
    const near = nearest(bare(name), names.map(bare))
    const suggestion = names.find((known) => near !== undefined && bare(known) === near)
    return Result.fail(new ConfigError({ key: name, detail: "there is no such setting.", ...(suggestion === undefined ? {} : { suggestion }) }))
  }
  const raw = RunConfig.check(at(path, text))
  if (Result.isSuccess(raw)) return raw
  return Result.mapError(
    RunConfig.check(at(path, json(text))),
    ({ detail, suggestion }) => new ConfigError({ key: name, detail, ...(suggestion === undefined ? {} : { suggestion }) })
  )
}

/**
 * The configuration that these values make, each checked by itself; numbers, booleans, lists and records are JSON. `names`
 * are those to choose from when a name is unknown.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromEntries = (entries: Iterable<Entry>, names: ReadonlyArray<string>): Result.Result<RunConfig.RunConfigInput, ConfigError> =>
  Result.gen(function* () {
    let config: RunConfig.RunConfigInput = {}
    for (const entry of entries) config = RunConfig.merge(config, yield* one(entry, names))
    return config
  })

const parsers: { readonly [extension: string]: (text: string) => unknown } = {
  json: (text) => JSON.parse(text) as unknown,
  yaml: Yaml.parse,
  yml: Yaml.parse,
  toml: (text) => Result.getOrThrow(Toml.parse(text))
}

/** The configuration in a file's text, read by the extension of its name: json, yaml, yml or toml; keys are checked, each by itself; a file that holds no keys is refused. @category constructors @since 0.1.0 */
export const fromFile = (file: string, text: string): Result.Result<RunConfig.RunConfigInput, ConfigError> => {
  const extension = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? ""
  const parse = Object.hasOwn(parsers, extension) ? parsers[extension] : undefined
  if (parse === undefined) {
    return Result.fail(new ConfigError({ key: file, detail: "cannot tell what it is: expected a name that ends in .json, .yaml, .yml or .toml." }))
  }
  return Result.flatMap(
    Result.try({
      try: () => parse(text),
      catch: (cause) =>
        new ConfigError({ key: file, detail: `it cannot be read as ${extension}: ${cause instanceof Error ? cause.message : String(cause)}.` })
    }),
    (value) => {
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return RunConfig.check(value)
      const got = text.trim() === "" ? "an empty file" : value === null ? "no keys" : Array.isArray(value) ? "a list" : `a ${typeof value}`
      const detail = `expected keys of the run configuration with their values, such as modelDir: runs/a, got ${got}. Write at least one key, or leave the file out.`
      return Result.fail(new ConfigError({ key: file, detail }))
    }
  )
}
