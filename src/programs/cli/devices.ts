/**
 * `effect-estimator devices`: which engines can run here; `devices install` makes one usable.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Argument, Command, Flag } from "effect/cli"
import { availableParallelism } from "node:os"
import { type Engine, engines, load, reinstall } from "./engines.ts"
import { table } from "./table.ts"

const install = Command.make(
  "install",
  {
    engine: Argument.Literals("engine", ["tensorflow"]).pipe(Argument.withDescription("The engine to install")),
    wheel: Flag.String("wheel").pipe(
      Flag.withMetavar("file.whl"),
      Flag.withDescription("TensorFlow's wheel, where it was fetched already; otherwise pip fetches it"),
      Flag.optional
    ),
    force: Flag.Boolean("force").pipe(Flag.withDefault(false), Flag.withDescription("Build anew what is installed"))
  },
  Effect.fnUntraced(function* ({ force, wheel }) {
    const { install: run } = yield* load("tensorflow", reinstall, () => import("../../layers/device/tensorflow/install/install.ts"))
    const console = yield* Console.Console
    const { addon } = yield* run({ force, wheel: Option.getOrUndefined(wheel), report: (line) => console.error(line) })
    yield* Console.log(`installed: ${addon}`)
    yield* Console.log("`effect-estimator devices` lists it; `--engine tensorflow` runs on it, and so does DeviceTensorflow.layer()")
  })
).pipe(
  Command.withDescription(
    "Builds tfjs-node's binding against TensorFlow's own libraries, for machines where tfjs-node's download does not work. " +
      "npm fetches the binding's sources and pip the wheel with the libraries (274 MB; 854 MB remain), each checked by its hash; a C++ compiler " +
      "builds it in half a minute. Linux on x64. It goes to effect-estimator/ in XDG_CACHE_HOME or ~/.cache; removing the folder undoes it."
  ),
  Command.withShortDescription("Makes an engine usable here"),
  Command.withExamples([
    { command: "effect-estimator devices install tensorflow" },
    { command: "effect-estimator devices install tensorflow --wheel tensorflow_cpu.whl", description: "Without asking PyPI" }
  ])
)

const rowOf = ({ description, name, version }: Engine) =>
  version.pipe(
    Effect.map((found) => [name, "usable", found, description]),
    Effect.catchTag("EngineUnavailable", ({ detail, remedy }) => Effect.succeed([name, "missing", "-", `${detail}. ${remedy}`]))
  )

/** @category commands @since 0.1.0 */
export const devices = Command.make(
  "devices",
  {},
  Effect.fnUntraced(function* () {
    const rows = yield* Effect.forEach(engines, rowOf, { concurrency: "unbounded" })
    yield* Console.log(table([["engine", "state", "version", ""], ...rows]))
    yield* Console.log(`\n${availableParallelism()} processor cores; --replicas n runs n replicas on one of these engines`)
  })
).pipe(
  Command.withDescription("Lists the engines, whether each can be used here, and what to do where it cannot."),
  Command.withSubcommands([install]),
  Command.withExamples([
    { command: "effect-estimator devices" },
    { command: "effect-estimator devices install tensorflow", description: "Make that engine usable" }
  ])
)
