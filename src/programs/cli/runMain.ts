/**
 * The command line as a function: composes the commands and runs the one that was asked for.
 *
 * @since 0.1.0
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import { CliConfig, CliOutput, Command, Flag, GlobalFlag } from "effect/cli"
import { basename, relative } from "node:path"
import type { ProgramModule } from "../ProgramModule.ts"
import { compile } from "./compile.ts"
import { devices } from "./devices.ts"
import { evaluate } from "./evaluate.ts"
import { exportCommand } from "./export.ts"
import { OwnProgram } from "./loadProgram.ts"
import { ops } from "./ops.ts"
import { teardown } from "./outcome.ts"
import { whileOutputWorks } from "./output.ts"
import { predict } from "./predict.ts"
import * as presenter from "./presenter.ts"
import { train } from "./train.ts"

const verbose = GlobalFlag.Setting("verbose")({
  flag: Flag.Boolean("verbose").pipe(Flag.withDefault(false), Flag.withDescription("Show the whole cause of a failure"))
})

const commandOf = (name: string) =>
  Command.make(name).pipe(
    Command.withDescription(
      "Trains, evaluates, predicts with and exports TensorFlow.js models through a compiled, replicated step. " +
        "A program is a module whose default export is defineProgram({ params, make }); see examples/. " +
        "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 75 interrupted and saved (run again to go on)."
    ),
    Command.withSubcommands([train, evaluate, predict, exportCommand, compile, ops, devices]),
    Command.withGlobalFlags([verbose]),
    Command.withExamples([
      { command: "effect-estimator train -p examples/mnist/main.ts --model-dir runs/mnist --max-steps 200", description: "Train" },
      { command: "effect-estimator evaluate -p examples/mnist/main.ts --model-dir runs/mnist", description: "Evaluate what was trained" },
      { command: "effect-estimator devices", description: "See what can run here" }
    ])
  )

/**
 * Runs the command line with this process's arguments and ends the process with its exit code. A program file that calls it with its own
 * program is a command line of its own: `node main.ts train --max-steps 100`.
 *
 * @category running
 * @since 0.1.0
 */
export const runMain = (own?: ProgramModule): void => {
  const file = own === undefined ? undefined : process.argv[1]
  const name = file === undefined ? "effect-estimator" : basename(file)
  const invocation = file === undefined ? name : `node ${relative(process.cwd(), file)}`
  const main = commandOf(name).pipe(
    Command.run({ version: "0.1.0" }),
    Effect.provideService(OwnProgram, own),
    whileOutputWorks,
    Effect.provide(CliOutput.layerPresenter(presenter.make(invocation))),
    Effect.provide(CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })),
    Effect.provide(NodeServices.layer)
  )
  NodeRuntime.runMain(main, { disableErrorReporting: true, teardown: teardown(process.argv.includes("--verbose")) })
}
