/**
 * `effect-estimator compile`: whether a program's step compiles for devices that are not here, and what it takes on each.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Command, Flag } from "effect/cli"
import { CompileError, ConfigError } from "../../domain/Errors.ts"
import type { Compiled } from "../../layers/device/pjrt/process/protocol.ts"
import { Device } from "../../services/Device.ts"
import { compileStep } from "../compileStep.ts"
import * as Estimator from "../Estimator.ts"
import { configure, count, runFlags } from "./flags.ts"
import { loadProgram } from "./loadProgram.ts"
import { readConfig, services } from "./prepare.ts"
import { table } from "./table.ts"

const badTarget = (text: string, expected: string) => new ConfigError({ key: "--target", detail: `expected ${expected}; got ${text}.` })

const mebi = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** Operations that move data between devices. */
const collectives = /^(all-reduce|all-gather|reduce-scatter|all-to-all|collective-permute|collective-broadcast)(-start)?$/

const collectivesOf = ({ operations }: Compiled): string => {
  const found = Object.entries(operations).filter(([name]) => collectives.test(name))
  if (Object.keys(operations).length === 0) return "not told"
  return found.length === 0 ? "none" : found.map(([name, times]) => `${times} ${name.replace(/-start$/, "")}`).join(", ")
}

/** A property that XLA's cost analysis may have. */
const giga = (value: unknown, unit: string) => (typeof value === "number" && value >= 0 ? `${(value / 1e9).toFixed(3)} G${unit}` : "not told")

const reportOf = (target: string, replicas: number, nodes: number, { cost, devices, kind, memory, millis }: Compiled, moves: string): string =>
  table([
    ["target", `${target}: ${devices} x ${kind}, ${replicas} replicas`],
    ["step", `${nodes} nodes, compiled in ${(millis / 1000).toFixed(1)} s`],
    ["memory of a device", `${mebi(memory.peak)} at most at once`],
    ["  arguments", mebi(memory.arguments)],
    ["  results", `${mebi(memory.results)}, of which ${mebi(memory.aliased)} lie where arguments lay`],
    ["  temporary", mebi(memory.temporary)],
    ["  code", mebi(memory.code)],
    ["a step of a device", `${giga(cost["flops"], "FLOP")}, ${giga(cost["bytes accessed"], "B moved")}`],
    ["collectives", moves]
  ])

const Gibibytes = Schema.Finite.pipe(Schema.check(Schema.isGreaterThan(0)))

const flags = {
  program: runFlags.program,
  target: Flag.String("target").pipe(
    Flag.withMetavar("tpu:v5e:4x4"),
    Flag.withDescription("TPUs by generation and topology, GPUs by name and number (cuda:h100:8), or cpu:4")
  ),
  mode: Flag.Literals("mode", ["train", "evaluate"]).pipe(Flag.withDefault("train" as const), Flag.withDescription("Which step")),
  replicas: count("replicas", "Default: one for each device; fewer where a replica has several cores (tpu.numCoresPerReplica)"),
  memoryLimit: Flag.Finite("memory-limit").pipe(
    Flag.withSchema(Gibibytes),
    Flag.withMetavar("GiB"),
    Flag.withDescription("Fails where a device needs more at once; the plugin itself refuses what exceeds the device"),
    Flag.optional
  ),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("The figures as one JSON object")),
  set: runFlags.set,
  config: runFlags.config,
  param: runFlags.param
}

/** @category commands @since 0.1.0 */
export const compile = Command.make(
  "compile",
  flags,
  Effect.fnUntraced(function* (given) {
    const Ahead = yield* Effect.promise(() => import("../../layers/device/pjrt/Ahead.ts"))
    const Targets = yield* Effect.promise(() => import("../../layers/device/pjrt/targets.ts"))
    const target = Targets.targetOf(given.target)
    if (target === undefined) return yield* badTarget(given.target, Targets.expected)
    const parts = yield* loadProgram(given.program, given.param)
    const input = given.mode === "train" ? parts.train : parts.evaluate
    if (input === undefined)
      return yield* new ConfigError({ key: "--program", detail: `the program has no input for it: its make gave no \`${given.mode}\`.` })
    const file = Option.isNone(given.config) ? Option.none() : Option.some(yield* readConfig(given.config.value))
    const estimator = Estimator.configure(parts.estimator, yield* configure(parts.estimator.config, file, {}, given.set))
    const compiled: Array<Compiled> = []
    const replicas = Option.getOrElse(given.replicas, () => target.devices)
    const device = Ahead.make({ target, replicas, onCompiled: (result) => compiled.push(result) })
    const nodes = yield* compileStep(estimator, given.mode, input).pipe(Effect.provideService(Device, device), Effect.provide(services))
    const result = compiled[0]! // a program that was compiled has told
    if (given.json) yield* Console.log(JSON.stringify({ target: given.target, replicas, nodes, ...result }))
    else yield* Console.log(reportOf(given.target, replicas, nodes, result, collectivesOf(result)))
    const limit = Option.getOrElse(given.memoryLimit, () => Infinity) * 2 ** 30
    if (result.memory.peak <= limit) return
    const detail = `a device needs ${mebi(result.memory.peak)} at once, and --memory-limit allows ${mebi(limit)}: use smaller batches, or checkpoint layers`
    yield* new CompileError({ engine: "pjrt", detail })
  })
).pipe(
  Command.withDescription(
    "Compiles a program's step for devices that are not here: TPUs by libtpu (`effect-estimator devices install tpu`), GPUs by XLA's plugin for " +
      "CUDA and ptxas (`devices install xla-cuda`), CPUs by XLA's (`devices install xla-cpu`). It tells whether the step fits, its memory, " +
      "arithmetic and collectives. Exit code 0: it compiles and fits; 1: it does not."
  ),
  Command.withShortDescription("Compiles for TPUs and GPUs that are not here"),
  Command.withExamples([
    { command: "effect-estimator compile --target tpu:v5e:4x4 -p main.ts", description: "For 16 chips" },
    { command: "effect-estimator compile --target cuda:h100:8 -p main.ts", description: "For 8 GPUs" },
    { command: "effect-estimator compile --target tpu:v5e:2x2 -p main.ts --param layers=12 --json", description: "Figures for a script" }
  ])
)
