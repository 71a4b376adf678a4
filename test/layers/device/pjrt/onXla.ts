/** Runs modules on XLA's plugin in this thread. */
import { assert } from "@effect/vitest"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import { blocksOf, split } from "../../../../src/domain/deployment/partition.ts"
import type { Program } from "../../../../src/domain/Program.ts"
import { allocate, sizeOf, type TensorData, type TensorType } from "../../../../src/domain/Tensor.ts"
import { type Client, create } from "../../../../src/layers/device/pjrt/client/Client.ts"
import { Executable } from "../../../../src/layers/device/pjrt/client/Executable.ts"
import { countOpcodes, decode } from "../../../../src/layers/device/pjrt/client/hlo.ts"
import { loadKoffi } from "../../../../src/layers/device/pjrt/client/Native.ts"
import { open } from "../../../../src/layers/device/pjrt/client/Plugin.ts"
import { optimizedOf } from "../../../../src/layers/device/pjrt/client/program.ts"
import { evaluation, type EvaluationOptions } from "../../../../src/layers/device/pjrt/evaluation.ts"
import * as StepModule from "../../../../src/layers/device/pjrt/stepModule.ts"

/** XLA's flags of the engine on CPUs. */
const flags = { xla_cpu_enable_fast_min_max: false }

/** The client is made at the first use, not where tests are only listed. */
export const lazyClient = (file: string): (() => Client) => {
  let client: Client | undefined
  return () => (client ??= create(open(loadKoffi(), file), { cpu_device_count: 8 }))
}

export interface Run {
  readonly text: string | Uint8Array
  readonly replicas: number
  /** Of each replica; each is given the replica's arguments. Default 1. */
  readonly cores?: number
  readonly parameters: ReadonlyArray<TensorType>
  /** Of each parameter: parts along its axes, where each core of a replica is given its own. */
  readonly parts?: ReadonlyArray<ReadonlyArray<number> | undefined>
  readonly results: ReadonlyArray<TensorType>
}

export interface Loaded {
  /** How many of each operation the optimised program has. */
  readonly operations: { readonly [opcode: string]: number }
  /** `given[replica][i]` to `results[replica][i]`; throws where the cores of a replica differ. */
  readonly run: (given: ReadonlyArray<ReadonlyArray<TensorData>>) => ReadonlyArray<ReadonlyArray<TensorData>>
  readonly close: () => void
}

/** Compiles once, to be run often. */
export const load = (client: Client, { cores = 1, parameters, parts = [], replicas, results, text }: Run): Loaded => {
  const program = client.compile(text, { replicas, partitions: cores, flags })
  const own = parameters.map(({ dtype, shape }, i): TensorType => ({ dtype, shape: blocksOf(shape, parts[i] ?? shape.map(() => 1))[0]!.shape }))
  const executable = new Executable(client, program, replicas * cores, { parameters: own, results })
  return {
    operations: countOpcodes(decode(optimizedOf(client.plugin, client.plugin.call("LoadedExecutable_GetExecutable", [program, 0]).get(3)))),
    close: () => executable.close(),
    run: (given) => {
      const uploaded = executable.devices.map((device, place) =>
        given[Math.floor(place / cores)]!.map((data, i) => {
          const block = split({ ...parameters[i]!, data }, parts[i] ?? null, cores)[place % cores]!
          const buffer = client.from(block.data, own[i]!, device)
          executable.bind(place, i, buffer)
          return buffer
        })
      )
      const launched = executable.launch()
      client.awaitAll(launched.events)
      const values = launched.results.map((row) => row.map((buffer) => client.read(buffer, allocate(buffer.type.dtype, sizeOf(buffer.type.shape)))))
      for (const buffer of [...uploaded.flat(), ...launched.results.flat()]) client.release(buffer)
      values.forEach((own, place) => assert.deepStrictEqual(own, values[place - (place % cores)]))
      return values.filter((_, place) => place % cores === 0)
    }
  }
}

/** A graph's parameters in, outputs out, both in its order. Throws what a check that does not hold says. */
export const onXla = (
  client: Client,
  graph: Graph,
  parameters: ReadonlyArray<TensorData>,
  options: EvaluationOptions = {}
): ReadonlyArray<TensorData> => {
  const module = evaluation(graph, options)
  const given = module.arguments.map(({ data }, i) => data ?? parameters[i]!)
  const loaded = load(client, { text: module.text, replicas: 1, parameters: module.arguments.map(({ type }) => type), results: module.results })
  try {
    const values = loaded.run([given])[0]!
    const failed = module.failures.length === 0 ? 0 : values.at(-1)![0]!
    if (failed !== 0) throw new Error(module.failures[failed - 1])
    return values.slice(0, graph.outputs.length)
  } finally {
    loaded.close()
  }
}

/** What some steps gave, by replica; losses are of the first. */
export interface Steps {
  readonly operations: { readonly [opcode: string]: number }
  readonly losses: ReadonlyArray<number>
  /** `outfeeds[step][replica][index]`. */
  readonly outfeeds: ReadonlyArray<ReadonlyArray<ReadonlyArray<TensorData>>>
  readonly failed: ReadonlyArray<number>
  /** `state[replica]`, by leaf. */
  readonly state: ReadonlyArray<ReadonlyMap<string, TensorData>>
}

const row = (data: TensorData, i: number, n: number) => data.slice((i * data.length) / n, ((i + 1) * data.length) / n)

const joined = (parts: ReadonlyArray<TensorData>): TensorData => {
  const first = parts[0]!
  const all = allocate(first instanceof Float32Array ? "float32" : first instanceof Int32Array ? "int32" : "bool", parts.length * first.length)
  parts.forEach((part, i) => all.set(part, i * first.length))
  return all
}

/** As many steps as there are batches (`batches[step][replica][leaf]`), `iterations` in each execution. */
export const stepsOnXla = (
  client: Client,
  program: Program,
  options: Partial<StepModule.StepOptions>,
  first: ReadonlyArray<ReadonlyMap<string, TensorData>>,
  batches: ReadonlyArray<ReadonlyArray<ReadonlyArray<TensorData>>>
): Steps => {
  const { iterations = 1, replicas = 1 } = options
  const module = StepModule.make(program, { precision: "default", ...options, iterations, replicas })
  const [parameters, results] = [module.arguments.map(({ type }) => type), module.results.map(({ type }) => type)]
  const parts = module.arguments.map((argument) => argument.parts)
  const loaded = load(client, { text: module.text, replicas, cores: program.partition?.cores ?? 1, parameters, parts, results })
  const { operations } = loaded
  const steps = {
    operations,
    losses: [] as Array<number>,
    outfeeds: [] as Array<Array<Array<TensorData>>>,
    failed: [] as Array<number>,
    state: [...first]
  }
  for (let at = 0; at < batches.length; at += iterations) {
    const values = loaded.run(
      steps.state.map((state, replica) =>
        module.arguments.map(({ source }) => {
          if (source._tag === "State") return state.get(source.leaf)!
          if (source._tag === "Constant") return source.data
          return joined(batches.slice(at, at + iterations).map((batch) => batch[replica]![source.index]!))
        })
      )
    )
    steps.state = values.map((own) => new Map(module.results.flatMap(({ target }, i) => (target._tag === "State" ? [[target.leaf, own[i]!]] : []))))
    module.results.forEach(({ target }, i) => {
      if (target._tag === "Loss") steps.losses.push(...values[0]![i]!)
      if (target._tag === "Failed") steps.failed.push(...values[0]![i]!)
    })
    const outfeeds = module.results.flatMap(({ target }, i) => (target._tag === "Outfeed" ? [i] : []))
    for (let k = 0; k < iterations; k++) steps.outfeeds.push(values.map((own) => outfeeds.map((i) => row(own[i]!, k, iterations))))
  }
  loaded.close()
  return steps
}
