/**
 * `effect-estimator export`.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Stream from "effect/Stream"
import { Command, Flag } from "effect/cli"
import { ConfigError } from "../../domain/Errors.ts"
import { toSource } from "../../domain/Input.ts"
import type { Nest } from "../../domain/Model.ts"
import * as nest from "../../domain/nest.ts"
import type { Tensor, TensorType } from "../../domain/Tensor.ts"
import type { ModelFormat } from "../../services/ModelFormat.ts"
import { exportModel } from "../exportModel.ts"
import type { ProgramParts } from "../ProgramModule.ts"
import { count, runFlags } from "./flags.ts"
import { prepare } from "./prepare.ts"

/** Loaded when they are asked for. */
const formats = {
  "saved-model": () => import("../../layers/formats/FormatSavedModel.ts").then((module) => module.make()),
  onnx: () => import("../../layers/formats/FormatOnnx.ts").then((module) => module.make()),
  safetensors: () => import("../../layers/formats/FormatSafetensors.ts").then((module) => module.make()),
  tfjs: () => import("../../layers/formats/FormatTfjs.ts").then((module) => module.make())
} as const satisfies Record<string, () => Promise<ModelFormat>>

const names = ["saved-model", "onnx", "safetensors", "tfjs"] as const

const noFeatures = (why: string) =>
  new ConfigError({
    key: "--program",
    detail: `${why}. Let its make give export: { features: { name: { dtype, shape } } } with the shape of one example.`
  })

/** What the program says, or the form of the first example that it would predict for. */
const featuresOf = Effect.fnUntraced(function* ({
  export: said,
  predict
}: ProgramParts<unknown>): Effect.fn.Return<Nest<TensorType>, unknown, FileSystem.FileSystem | Path.Path> {
  if (said !== undefined) return said.features
  if (predict === undefined)
    return yield* noFeatures("the program does not say what an exported model is called with, and has no input to predict from")
  if (typeof predict.input === "function") return yield* noFeatures("the program does not say what an exported model is called with")
  const first = yield* Stream.runHead(toSource(predict.input).batches(undefined))
  if (Option.isNone(first)) return yield* noFeatures("the program's input to predict from is empty")
  return nest.map(first.value.example.features, "features", ({ dtype, shape }: Tensor): TensorType => ({ dtype, shape: shape.slice(1) }))
})

const { config, modelDir, param, program, seed, set } = runFlags

/** @category commands @since 0.1.0 */
export const exportCommand = Command.make(
  "export",
  {
    program,
    modelDir,
    config,
    seed,
    set,
    param,
    format: Flag.Literals("format", names).pipe(
      Flag.withDescription(
        "saved-model (TensorFlow), onnx, tfjs (TensorFlow.js) or safetensors (weights); may be repeated, and each gets a folder then"
      ),
      Flag.atLeast(0)
    ),
    to: Flag.String("to").pipe(
      Flag.withMetavar("dir"),
      Flag.withDescription("Folder of all exports, each of which gets one in it named by the second; default: export in the model directory"),
      Flag.optional
    ),
    checkpoint: Flag.String("checkpoint").pipe(
      Flag.withMetavar("path"),
      Flag.withDescription("Such as runs/a/model.ckpt-500; default: the newest of the model directory"),
      Flag.optional
    ),
    batchSize: count("batch-size", "For batches of this size only; default: any size"),
    exportToTpu: count(
      "export-to-tpu",
      "Beside a SavedModel, the predictions as StableHLO for batches of this size: for TPUs, and whatever else XLA runs on"
    )
  },
  Effect.fnUntraced(function* (flags) {
    const run = { ...flags, engine: "reference", replicas: 1, iterationsPerLoop: Option.none(), tensorboard: false, log: "none" } as const
    const { estimator, layer, parts } = yield* prepare(run, {}, flags.checkpoint)
    const path = yield* Path.Path
    const base = Option.getOrElse(flags.to, () => path.join(estimator.config.modelDir ?? ".", "export"))
    const chosen = flags.format.length === 0 ? [names[0]] : flags.format
    const made = yield* Effect.forEach(chosen, (name) => Effect.promise(formats[name]))
    const { path: folder, step } = yield* exportModel(estimator, {
      path: base,
      formats: made,
      features: yield* featuresOf(parts),
      ...Option.match(flags.batchSize, { onNone: () => ({}), onSome: (batchSize) => ({ batchSize }) }),
      ...Option.match(flags.exportToTpu, { onNone: () => ({}), onSome: (batchSize) => ({ exportToTpu: { batchSize } }) }),
      ...Option.match(flags.checkpoint, { onNone: () => ({}), onSome: (checkpointPath) => ({ checkpointPath }) })
    }).pipe(Effect.provide(layer))
    yield* Console.error(`step ${step} as ${chosen.join(", ")}:`)
    yield* Console.log(folder)
  })
).pipe(
  Command.withDescription(
    "Writes the predictions of a checkpoint as a model that other programs run, and prints its folder. What it is called with is what the program says (export: { features }), or " +
      "has the form of the first example of its prediction input."
  ),
  Command.withShortDescription("Exports a trained model"),
  Command.withExamples([
    { command: "effect-estimator export -p main.ts --model-dir runs/a", description: "A SavedModel, in runs/a/export" },
    {
      command: "effect-estimator export -p main.ts --model-dir runs/a --format onnx --format tfjs --to public",
      description: "For onnxruntime and browsers"
    }
  ])
)
