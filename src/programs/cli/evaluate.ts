/**
 * `effect-estimator evaluate`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Command, Flag } from "effect/cli"
import { ConfigError } from "../../domain/Errors.ts"
import { evaluate as evaluateProgram } from "../evaluate.ts"
import { count, runFlags } from "./flags.ts"
import { prepare } from "./prepare.ts"

/** @category commands @since 0.1.0 */
export const evaluate = Command.make(
  "evaluate",
  {
    ...runFlags,
    steps: count("steps", "At most so many batches; default: the whole input"),
    checkpoint: Flag.String("checkpoint").pipe(
      Flag.withMetavar("path"),
      Flag.withDescription("Such as runs/a/model.ckpt-500; default: the newest of the model directory"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* (flags) {
    const { estimator, layer, parts } = yield* prepare(flags, {}, flags.checkpoint)
    const input = parts.evaluate
    if (input === undefined)
      return yield* new ConfigError({ key: "--program", detail: "the program has no input to evaluate on: its make gave no `evaluate`." })
    yield* evaluateProgram(estimator, {
      input,
      ...Option.match(flags.steps, { onNone: () => ({}), onSome: (steps) => ({ steps }) }),
      ...Option.match(flags.checkpoint, { onNone: () => ({}), onSome: (checkpointPath) => ({ checkpointPath }) })
    }).pipe(Effect.provide(layer))
  })
).pipe(
  Command.withDescription("Evaluates the newest checkpoint of the model directory on the program's evaluation input, every example once."),
  Command.withShortDescription("Evaluates a trained model"),
  Command.withExamples([{ command: "effect-estimator evaluate -p main.ts --model-dir runs/a" }])
)
