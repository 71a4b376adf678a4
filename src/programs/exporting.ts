/**
 * Exporters that write models: what `trainAndEvaluate` calls after its evaluations (`LatestExporter`; with `Exporter.onlyBest`
 * and `Exporter.onlyFinal` the others).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { type CheckpointError, ConfigError, ExportError, type TraceError } from "../domain/Errors.ts"
import * as RunConfig from "../domain/RunConfig.ts"
import type { CheckpointStore } from "../services/CheckpointStore.ts"
import type { Exporter } from "../services/Exporter.ts"
import type { Tracer } from "../services/Tracer.ts"
import type { Estimator } from "./Estimator.ts"
import { type ExportOptions, exportModel } from "./exportModel.ts"

/** @category models @since 0.1.0 */
export interface ExporterOptions extends Omit<ExportOptions, "path" | "checkpointPath"> {
  /** Folder of its exports in the model directory: `export/<name>`. */
  readonly name: string
  /** Default: in the model directory. */
  readonly path?: string
  /** Older exports than so many newest are removed; 0 keeps all. Default 5 (`exports_to_keep`). */
  readonly exportsToKeep?: number
}

/** Removes the oldest exports, which are named by the second they were made in. */
const prune = Effect.fnUntraced(function* (base: string, keep: number): Effect.fn.Return<void, ExportError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const old = Effect.map(fs.readDirectory(base), (names) =>
    names
      .filter((name) => /^\d+$/.test(name))
      .sort((a, b) => Number(a) - Number(b))
      .slice(0, -keep)
  )
  const removal = Effect.flatMap(old, (names) =>
    Effect.forEach(names, (name) => fs.remove(path.join(base, name), { recursive: true }), { discard: true })
  )
  yield* Effect.mapError(
    removal,
    (cause) => new ExportError({ reason: "Write", detail: `cannot remove old exports in ${base} (${cause.message})`, cause })
  )
})

/**
 * Exports the checkpoint that was evaluated. `Exporter.onlyBest(exporter(…))` does so where it is better than all before,
 * `Exporter.onlyFinal` at the end of the training.
 *
 * @category constructors
 * @since 0.1.0
 */
export const exporter = <P, ME = never, MR = never>(
  estimator: Estimator<P, ME, MR>,
  { exportsToKeep = 5, name, path: given, ...options }: ExporterOptions
): Exporter<ConfigError | CheckpointError | TraceError | ExportError, Tracer | CheckpointStore | FileSystem.FileSystem | Path.Path> => ({
  name,
  export: Effect.fnUntraced(function* ({ checkpoint }) {
    if (!(Number.isInteger(exportsToKeep) && exportsToKeep >= 0)) {
      return yield* new ConfigError({ key: "exportsToKeep", detail: `expected 0 or a positive whole number, got ${exportsToKeep}.` })
    }
    const path = yield* Path.Path
    const { modelDir } = yield* Effect.fromResult(RunConfig.decode(estimator.config))
    const base = given ?? path.join(modelDir ?? ".", "export", name)
    yield* exportModel(estimator, { ...options, path: base, checkpointPath: checkpoint.path })
    if (exportsToKeep > 0) yield* prune(base, exportsToKeep)
  })
})
