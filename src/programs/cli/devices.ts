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

/** What can be installed, and which plugin of PJRT that is. */
const plugins = { "xla-cpu": "cpu", "xla-cuda": "cuda", tpu: "tpu" } as const

interface InstallFlags {
  readonly engine: "tensorflow" | keyof typeof plugins
  readonly wheel: Option.Option<string>
  readonly force: boolean
}

const installTensorflow = Effect.fnUntraced(function* ({ force, wheel }: InstallFlags) {
  const { install: run } = yield* load("tensorflow", reinstall, () => import("../../layers/device/tensorflow/install/install.ts"))
  const console = yield* Console.Console
  const { addon } = yield* run({ force, wheel: Option.getOrUndefined(wheel), report: (line) => console.error(line) })
  yield* Console.log(`installed: ${addon}`)
  yield* Console.log("`effect-estimator devices` lists it; `--engine tensorflow` runs on it, and so does DeviceTensorflow.layer()")
})

const installPlugin = Effect.fnUntraced(function* (name: (typeof plugins)[keyof typeof plugins], { force, wheel }: InstallFlags) {
  const { install: run } = yield* load("pjrt", reinstall, () => import("../../layers/device/pjrt/install.ts"))
  const console = yield* Console.Console
  const files = yield* run({ name, force, wheel: Option.getOrUndefined(wheel), report: (line) => console.error(line) })
  for (const file of files) yield* Console.log(`installed: ${file}`)
  if (name === "cuda" && Option.isSome(wheel)) {
    yield* Console.log("xla-cuda has two wheels, the plugin's and that of ptxas, which it compiles with: give --wheel the other one, too")
    return
  }
  const choose = name === "cpu" ? "" : `EFFECT_ESTIMATOR_PJRT_PLUGIN=${name} and `
  yield* Console.log(`${choose}\`--engine pjrt\` runs on it, and so does DevicePjrt.layer({ plugin: "${name}" })`)
  if (name === "tpu") yield* Console.log("`effect-estimator compile --target tpu:v5e:2x2` compiles for TPUs, also where there are none")
  if (name !== "cuda") return
  yield* Console.log("To run on a GPU, CUDA's own libraries and cuDNN must be installed: the driver's, and NVIDIA's wheels or packages")
  yield* Console.log("`effect-estimator compile --target cuda:h100` compiles for GPUs, also where there are none")
})

const install = Command.make(
  "install",
  {
    engine: Argument.Literals("engine", ["tensorflow", "xla-cpu", "xla-cuda", "tpu"]).pipe(Argument.withDescription("The engine to install")),
    wheel: Flag.String("wheel").pipe(
      Flag.withMetavar("file.whl"),
      Flag.withDescription("The engine's wheel, where it was fetched already; otherwise pip fetches it. xla-cuda has two, one at a time"),
      Flag.optional
    ),
    force: Flag.Boolean("force").pipe(Flag.withDefault(false), Flag.withDescription("Install anew what is installed"))
  },
  (flags) => (flags.engine === "tensorflow" ? installTensorflow(flags) : installPlugin(plugins[flags.engine], flags))
).pipe(
  Command.withDescription(
    "tensorflow: builds tfjs-node's binding against TensorFlow's own libraries, for machines where tfjs-node's download does not work. " +
      "npm fetches the binding's sources and pip the wheel with the libraries (274 MB; 854 MB remain), each checked by its hash; a C++ compiler " +
      "builds it in half a minute. xla-cpu (63 MB), xla-cuda (192 MB, and 41 MB for CUDA's ptxas), tpu (137 MB): plugins of XLA for the pjrt engine, " +
      "fetched by pip and checked by their hash; ptxas is under NVIDIA's terms, libtpu under Google's Cloud terms. All for Linux on x64. They go to effect-estimator/ in XDG_CACHE_HOME or ~/.cache; " +
      "removing the folder undoes it."
  ),
  Command.withShortDescription("Makes an engine usable here"),
  Command.withExamples([
    { command: "effect-estimator devices install tensorflow" },
    { command: "effect-estimator devices install xla-cpu", description: "XLA for the CPU" },
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
