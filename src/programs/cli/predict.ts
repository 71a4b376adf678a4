/**
 * `effect-estimator predict`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { Command } from "effect/cli"
import { ConfigError } from "../../domain/Errors.ts"
import { predict as predictProgram } from "../predict.ts"
import type { Prediction } from "../ProgramModule.ts"
import { count, runFlags } from "./flags.ts"
import { prepare } from "./prepare.ts"

const jsonLine = (prediction: Prediction): string =>
  JSON.stringify(Object.fromEntries(Object.entries(prediction).map(([name, tensor]) => [name, Array.from(tensor.data)]))) + "\n"

/** @category commands @since 0.1.0 */
export const predict = Command.make(
  "predict",
  { ...runFlags, take: count("take", "At most so many predictions; default: one for each example of the input") },
  Effect.fnUntraced(function* (flags) {
    const { estimator, layer, parts } = yield* prepare({ ...flags, log: "none" }, {})
    const source = parts.predict
    if (source === undefined)
      return yield* new ConfigError({ key: "--program", detail: "the program has no input to predict from: its make gave no `predict`." })
    const print = flags.log === "jsonl" ? jsonLine : (source.print ?? jsonLine)
    const stdio = yield* Stdio.Stdio
    let last = "\n"
    const texts = (prediction: Prediction, i: number) => {
      const text = print(prediction, i)
      if (text !== "") last = text
      return text
    }
    yield* predictProgram(estimator, { input: source.input }).pipe(
      Stream.take(Option.getOrElse(flags.take, () => Infinity)),
      Stream.zipWithIndex,
      Stream.map(([prediction, i]) => texts(prediction, i)),
      Stream.filter((text) => text !== ""),
      // the shell's prompt comes on a line of its own
      Stream.concat(Stream.suspend(() => (last.endsWith("\n") ? Stream.empty : Stream.succeed("\n")))),
      Stream.run(stdio.stdout({ endOnDone: false })),
      Effect.provide(layer)
    )
  })
).pipe(
  Command.withDescription("Streams predictions of the newest checkpoint, one for each example of the program's prediction input, as they are made."),
  Command.withShortDescription("Streams predictions"),
  Command.withExamples([
    { command: "effect-estimator predict -p main.ts --model-dir runs/a" },
    { command: "effect-estimator predict -p main.ts --model-dir runs/a --log jsonl --take 3", description: "The first three, as JSON lines" }
  ])
)
