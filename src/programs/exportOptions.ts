/**
 * Checks what an export is asked for, for callers without types too.
 *
 * @since 0.1.0
 */
import { ConfigError } from "../domain/Errors.ts"
import * as nest from "../domain/nest.ts"
import { nearest } from "../domain/suggest.ts"
import type { ExportOptions } from "./exportModel.ts"

const keys = ["path", "formats", "features", "checkpointPath", "batchSize", "training", "exportToTpu", "assets"] as const satisfies ReadonlyArray<
  keyof ExportOptions
>

const dtypes: ReadonlyArray<unknown> = ["float32", "int32", "bool"]

const refused = (key: string, detail: string, suggestion?: string) =>
  new ConfigError({ key: `export.${key}`, detail, ...(suggestion === undefined ? {} : { suggestion }) })

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value)

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0 // a number, as it is whole

/** Every leaf must be the type of one example. */
const checkTypes = (key: string, types: unknown): ConfigError | undefined => {
  const form = "{ name: { dtype, shape } } with the shape of one example"
  if (typeof types !== "object" || types === null) return refused(key, `expected ${form}, got ${shown(types)}.`)
  const leaves = nest.flatten(types as ExportOptions["features"], key) // looked at below
  if (leaves.length === 0) return refused(key, `there are none; give ${form}.`)
  for (const [i, { name, value }] of leaves.entries()) {
    if (leaves.findIndex((leaf) => leaf.name === name) !== i) return refused(key, `two of them are called "${name}".`)
    if (!nest.isTyped(value)) return refused(key, `"${name}" is no { dtype, shape }.`)
    if (!dtypes.includes(value.dtype)) return refused(key, `"${name}" is ${shown(value.dtype)}; elements are float32, int32 or bool.`)
    const extent = value.shape.find((d) => !(Number.isInteger(d) && d >= 0))
    if (extent !== undefined)
      return refused(key, `"${name}" has an extent of ${extent}: shapes are those of one example, whole numbers without the batch's axis.`)
  }
  return undefined
}

const checkFormats = (formats: unknown): ConfigError | undefined => {
  if (!Array.isArray(formats) || formats.length === 0) return refused("formats", "expected at least one format, such as FormatSavedModel.make().")
  const names = (formats as ExportOptions["formats"]).map((format) => (typeof format === "function" ? undefined : format.name))
  if (names.includes(undefined)) return refused("formats", "one of them is no format: call its make, as in FormatSavedModel.make().")
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  return twice === undefined ? undefined : refused("formats", `"${twice}" is there twice.`)
}

const checkTraining = ({ formats, training }: ExportOptions): ConfigError | undefined => {
  if (training === undefined) return undefined
  const without = formats.find(({ trains }) => trains !== true)
  if (without !== undefined)
    return refused("training", `the format ${without.name} has no place for a step of training; export as saved-model for that.`)
  if (!isCount(training.batchSize)) return refused("training.batchSize", `expected a positive whole number, got ${shown(training.batchSize)}.`)
  return training.labels === undefined ? undefined : checkTypes("training.labels", training.labels)
}

const checkTpu = ({ assets, exportToTpu, formats }: ExportOptions): ConfigError | undefined => {
  if (exportToTpu === undefined) return undefined
  if (typeof exportToTpu !== "object" || exportToTpu === null || !isCount(exportToTpu.batchSize)) {
    return refused("exportToTpu", `expected { batchSize } with a positive whole number (a TPU's shapes are static), got ${shown(exportToTpu)}.`)
  }
  if (!formats.some(({ tpu }) => tpu === true)) {
    const given = formats.map(({ name }) => name)
    return refused("exportToTpu", `the format ${given.join(", ")} has no place for StableHLO; export as saved-model for that, too.`)
  }
  const clash = [...(assets?.keys() ?? [])].find((name) => name.split(/[\\/]/)[0]?.toLowerCase() === "stablehlo")
  return clash === undefined
    ? undefined
    : refused("assets", `"${clash}" lies where the export puts its StableHLO. Use another folder than stablehlo.`)
}

const checkAssets = (assets: unknown): ConfigError | undefined => {
  if (assets === undefined) return undefined
  if (!(assets instanceof Map)) return refused("assets", "expected a Map from relative path to bytes.")
  for (const [name, bytes] of assets) {
    if (!(bytes instanceof Uint8Array))
      return refused("assets", `the content of "${name}" is no Uint8Array; new TextEncoder().encode(text) makes one of a text.`)
    const parts = String(name).split(/[\\/]/)
    if (parts.some((part) => part === "" || part === "." || part === "..")) {
      return refused("assets", `"${name}" is no path below the export's folder: give one such as vocabulary/words.txt.`)
    }
  }
  return undefined
}

/** What is wrong with the options, if anything. @category rules @since 0.1.0 */
export const checked = (options: ExportOptions): ConfigError | undefined => {
  const unknown = Object.keys(options).find((key) => !(keys as ReadonlyArray<string>).includes(key))
  if (unknown !== undefined) return refused(unknown, `there is no such option; there are ${keys.join(", ")}.`, nearest(unknown, keys))
  if (typeof options.path !== "string" || options.path === "") return refused("path", "expected the folder of all exports.")
  if (options.batchSize !== undefined && !isCount(options.batchSize)) {
    return refused("batchSize", `expected a positive whole number, got ${shown(options.batchSize)}.`)
  }
  return (
    checkFormats(options.formats) ??
    checkTypes("features", options.features) ??
    checkTraining(options) ??
    checkAssets(options.assets) ??
    checkTpu(options)
  )
}
