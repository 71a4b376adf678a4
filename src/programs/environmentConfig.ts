/**
 * Run configuration from environment variables, `EFFECT_ESTIMATOR_SEED` and the like, through Effect's `ConfigProvider`.
 *
 * @since 0.1.0
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as configText from "../domain/configText.ts"
import { ConfigError } from "../domain/Errors.ts"
import type { RunConfigInput } from "../domain/RunConfig.ts"

const prefix = configText.environmentPrefix.slice(0, -1).split("_")
const pathOf = new Map(configText.paths.map((path) => [configText.environmentName(path), path]))

/** Every value at or below a place of the provider, with its name: a variable's name is cut at each underscore. */
const valuesBelow = (
  provider: ConfigProvider.ConfigProvider,
  path: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<readonly [name: string, text: string]>, ConfigProvider.SourceError> =>
  Effect.gen(function* () {
    const node = yield* provider.load([...path])
    if (node === undefined) return []
    const own = node.value === undefined ? [] : [[path.join("_"), node.value] as const]
    const children = node._tag === "Record" ? [...node.keys] : node._tag === "Array" ? Array.from({ length: node.length }, (_, i) => String(i)) : []
    const below = yield* Effect.forEach(children, (child) => valuesBelow(provider, [...path, child]))
    return [...own, ...below.flat()]
  })

/**
 * What the environment says, each value checked by itself; a variable that begins with `EFFECT_ESTIMATOR_` and is none of
 * those known is a `ConfigError` with the nearest, but for `otherVariables`. Lists and records are written as JSON.
 *
 * @category constructors
 * @since 0.1.0
 */
export const environmentConfig: Effect.Effect<RunConfigInput, ConfigError> = Effect.gen(function* () {
  const provider = yield* ConfigProvider.ConfigProvider
  const values = yield* Effect.mapError(
    valuesBelow(provider, prefix),
    (error) => new ConfigError({ key: prefix.join("_"), detail: `the environment cannot be read: ${error.message}.` })
  )
  const own = values.filter(([name]) => !configText.otherVariables.includes(name))
  const entries = own.map(([name, text]) => ({ name, path: pathOf.get(name), text }))
  return yield* Effect.fromResult(configText.fromEntries(entries, [...pathOf.keys()]))
})
