/**
 * What every command that runs a program needs: the program with its configuration, and the layers it runs on.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import { fromFile } from "../../domain/configText.ts"
import { ConfigError, type EngineUnavailable } from "../../domain/Errors.ts"
import type { RunConfigInput } from "../../domain/RunConfig.ts"
import type { IterationsPerLoop } from "../../domain/TpuConfig.ts"
import * as MetricSinkConsole from "../../layers/sinks/MetricSinkConsole.ts"
import * as MetricSinkJsonl from "../../layers/sinks/MetricSinkJsonl.ts"
import * as MetricSinkTensorboard from "../../layers/sinks/MetricSinkTensorboard.ts"
import * as MetricSink from "../../services/MetricSink.ts"
import * as Estimator from "../Estimator.ts"
import type { ProgramParts } from "../ProgramModule.ts"
import { engineOf } from "./engines.ts"
import { configure, type Overrides } from "./flags.ts"
import { loadProgram } from "./loadProgram.ts"
import { watcher } from "./outcome.ts"

/** @category models @since 0.1.0 */
export interface RunFlags {
  readonly program: Option.Option<string>
  readonly engine: string
  readonly replicas: number
  readonly modelDir: Option.Option<string>
  readonly seed: Option.Option<number>
  readonly iterationsPerLoop: Option.Option<IterationsPerLoop>
  readonly set: { readonly [path: string]: string }
  readonly config: Option.Option<string>
  readonly param: { readonly [name: string]: string }
  readonly tensorboard: boolean
  readonly log: "console" | "jsonl" | "none"
}

/** @category models @since 0.1.0 */
export interface Prepared {
  readonly parts: ProgramParts<unknown>
  /** The program's estimator with the configuration of file and flags. */
  readonly estimator: Estimator.Estimator<unknown, unknown, FileSystem.FileSystem | Path.Path>
  readonly layer: Layer.Layer<Estimator.EstimatorServices, EngineUnavailable>
}

/** `checkpoint`: the one that is asked for, if the command has a flag for it. @category programs @since 0.1.0 */
export const prepare = Effect.fnUntraced(function* (
  flags: RunFlags,
  overrides: Overrides,
  checkpoint: Option.Option<string> = Option.none()
): Effect.fn.Return<Prepared, ConfigError, FileSystem.FileSystem> {
  const parts = yield* loadProgram(flags.program, flags.param)
  const named = { modelDir: flags.modelDir, seed: flags.seed, iterationsPerLoop: flags.iterationsPerLoop, ...overrides }
  const file = Option.isNone(flags.config) ? Option.none() : Option.some(yield* readConfig(flags.config.value))
  const config = yield* configure(parts.estimator.config, file, named, flags.set)
  const engine = engineOf(flags.engine)!.layer({ replicas: flags.replicas }) // the flag takes known names only
  const estimator = Estimator.configure(parts.estimator, config)
  if (flags.tensorboard && estimator.config.modelDir === undefined) {
    return yield* new ConfigError({
      key: "--tensorboard",
      detail: "event files are written to the model directory, and there is none: give --model-dir."
    })
  }
  // on standard error: what a command prints is read by others
  if (estimator.config.modelDir === undefined && Option.isNone(checkpoint)) {
    yield* Console.error("note: without --model-dir nothing is saved, and nothing that was trained before is used")
  }
  return { parts, estimator, layer: Layer.mergeAll(services, engine, sinks(flags)) }
})

/** @category programs @since 0.1.0 */
export const readConfig = Effect.fnUntraced(function* (file: string): Effect.fn.Return<RunConfigInput, ConfigError, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const isFolder = fs.stat(file).pipe(
    Effect.map(({ type }) => type === "Directory"),
    Effect.orElseSucceed(() => false)
  )
  const text = yield* fs.readFileString(file).pipe(
    Effect.catch(({ message, reason }) =>
      Effect.flatMap(isFolder, (folder) => {
        const why = reason._tag === "NotFound" ? "there is no such file" : folder ? "it is a folder" : `it cannot be read (${message})`
        return new ConfigError({ key: file, detail: `${why}: --config takes the path of a .json, .yaml, .yml or .toml file.` })
      })
    )
  )
  return yield* Effect.fromResult(fromFile(file, text))
})

/** Loaded when a program is run: TensorFlow.js is large, and `--help` needs none of it. @category layers @since 0.1.0 */
export const services = Layer.unwrap(
  Effect.map(
    Effect.promise(() => import("../../EstimatorNode.ts")),
    (module) => module.layer
  )
)

/** Lines or JSON on standard output, events.jsonl in the model directory, event files where they are asked for, and the watcher that knows what can be resumed; for `none` event files only: what is printed then is not a run's. */
const sinks = ({ log, tensorboard }: Pick<RunFlags, "log" | "tensorboard">): Layer.Layer<never> => {
  const files = tensorboard ? [MetricSinkTensorboard.make()] : []
  if (log === "none") return Layer.succeed(MetricSink.MetricSink, files)
  const text = log === "console" ? MetricSinkConsole.make() : MetricSinkJsonl.stdout
  return Layer.succeed(MetricSink.MetricSink, [text, MetricSinkJsonl.make(), ...files, watcher])
}
