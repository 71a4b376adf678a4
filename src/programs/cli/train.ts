/**
 * `effect-estimator train`.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Command } from "effect/cli"
import { ConfigError } from "../../domain/Errors.ts"
import { train as trainProgram } from "../train.ts"
import { count, runFlags } from "./flags.ts"
import { prepare } from "./prepare.ts"

/** @category commands @since 0.1.0 */
export const train = Command.make(
  "train",
  {
    ...runFlags,
    steps: count("steps", "Steps from where the run begins; not together with --max-steps"),
    maxSteps: count("max-steps", "The global step to stop at; a run that is there already does nothing"),
    saveSteps: count("save-steps", "A checkpoint every so many steps"),
    logSteps: count("log-steps", "A line of progress every so many steps")
  },
  Effect.fnUntraced(function* (flags) {
    if (Option.isSome(flags.steps) && Option.isSome(flags.maxSteps))
      return yield* new ConfigError({
        key: "--steps",
        detail: "cannot be given together with --max-steps: the one counts from here, the other from the beginning."
      })
    const { estimator, layer, parts } = yield* prepare(flags, { saveCheckpointsSteps: flags.saveSteps, logStepCountSteps: flags.logSteps })
    const input = parts.train
    if (input === undefined)
      return yield* new ConfigError({ key: "--program", detail: "the program has no input to train on: its make gave no `train`." })
    const result = yield* trainProgram(estimator, {
      input,
      ...Option.match(flags.steps, { onNone: () => ({}), onSome: (steps) => ({ steps }) }),
      ...Option.match(flags.maxSteps, { onNone: () => ({}), onSome: (maxSteps) => ({ maxSteps }) })
    }).pipe(Effect.provide(layer))
    if (flags.log === "console" && result.steps === 0) yield* Console.log(`nothing to do: the model is at step ${result.globalStep} already`)
  })
).pipe(
  Command.withDescription(
    "Trains the model of a program, from the newest checkpoint of the model directory where there is one. " +
      "Ctrl-C ends it after the step it is in, with a checkpoint (exit 75): the same command then goes on."
  ),
  Command.withShortDescription("Trains a model"),
  Command.withExamples([
    { command: "effect-estimator train -p main.ts --model-dir runs/a --max-steps 2000", description: "Up to step 2000, in one run or in several" },
    {
      command: "effect-estimator train -p main.ts --replicas 2 --steps 100 --log jsonl",
      description: "100 steps on two replicas, events as JSON lines"
    },
    {
      command: "effect-estimator train -p main.ts --param layers=6 --config run.yaml",
      description: "Another size; the run configuration from a file"
    }
  ])
)
