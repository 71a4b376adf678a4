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
import type { Told } from "../../layers/device/pjrt/Ahead.ts"
import { printed } from "../../layers/device/pjrt/buffers.ts"
import { Device } from "../../services/Device.ts"
import { compileStep } from "../compileStep.ts"
import * as Estimator from "../Estimator.ts"
import { configure, count, runFlags } from "./flags.ts"
import { loadProgram } from "./loadProgram.ts"
import { readConfig, services } from "./prepare.ts"
import { reportOf, sizeText } from "./compileReport.ts"

const badTarget = (text: string, expected: string) => new ConfigError({ key: "--target", detail: `expected ${expected}; got ${text}.` })

const tooLarge = ({ buffers, memory }: Told, limit: number, whose: string) => {
  const [largest] = buffers
  const most = largest === undefined ? "" : `, the largest for ${printed(largest)} (${sizeText(largest.bytes)})`
  const detail = `a device needs ${sizeText(memory.peak)} at once${most}; ${whose} ${sizeText(limit)}: use smaller batches, more replicas, or checkpoint layers`
  return new CompileError({ engine: "pjrt", detail })
}

const listedByDefault = 10

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
    Flag.withDescription(
      "Fails where a device needs more at once. Default: what the target's devices have, as far as that is known; libtpu sees to TPUs"
    ),
    Flag.optional
  ),
  buffers: count("buffers", "How many of the largest buffers are listed; default 10"),
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
    const compiled: Array<Told> = []
    const replicas = Option.getOrElse(given.replicas, () => target.devices)
    const device = Ahead.make({ target, replicas, onCompiled: (told) => compiled.push(told) })
    const nodes = yield* compileStep(estimator, given.mode, input).pipe(Effect.provideService(Device, device), Effect.provide(services))
    const told = compiled[0]! // a program that was compiled has told
    const listed = Option.getOrElse(given.buffers, () => listedByDefault)
    const limit = Option.match(given.memoryLimit, { onNone: () => target.memoryBytes, onSome: (gibibytes) => gibibytes * 2 ** 30 })
    const { buffers, ...figures } = told
    const json = { target: given.target, replicas, nodes, ...figures, memoryLimit: limit ?? null, buffers: buffers.slice(0, listed) }
    yield* Console.log(given.json ? JSON.stringify(json) : reportOf({ target: given.target, replicas, nodes, told, limit, listed }))
    // libtpu has refused what does not fit a TPU, by its own account
    if (limit === undefined || told.memory.peak <= limit || (target.platform === "tpu" && Option.isNone(given.memoryLimit))) return
    yield* tooLarge(told, limit, Option.isSome(given.memoryLimit) ? "--memory-limit allows" : `${told.kind} has`)
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
