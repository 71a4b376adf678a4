/** Programs that XLA cuts over the cores of a replica: which device computes what, loops, draws, the compile cache, too few devices. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { type Program, randomKeyName } from "../../../../src/domain/Program.ts"
import * as RandomKey from "../../../../src/domain/RandomKey.ts"
import { sizeOf } from "../../../../src/domain/Tensor.ts"
import { Executable } from "../../../../src/layers/device/pjrt/client/Executable.ts"
import { make, type Options, type PluginDevice } from "../../../../src/layers/device/pjrt/Engine.ts"
import { assertClose, f32, i32, numbers } from "../../../conformance/opCase.ts"
import { withXla } from "./available.ts"
import { lazyClient } from "./onXla.ts"

type Dims = { readonly [leaf: string]: ReadonlyArray<number> }

const cut = (program: Program, dims: Dims | undefined): Program =>
  dims === undefined ? program : { ...program, partition: { cores: sizeOf(Object.values(dims)[0]!), dims: new Map(Object.entries(dims)) } }

const [rows, columns] = [4, 6]

/** A variable, a memory of each row, noise, a sum over replicas and an index that is checked: `y = x w[column] + noise + memory`. */
const recurrent = (): Program => {
  const b = Builder.make()
  const type = f32(rows, columns)
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, f32(columns))
  const memory = b.parameter("memory", { _tag: "State", kind: "cache", trainable: false }, type)
  const key = b.parameter(randomKeyName, { _tag: "State", kind: "random", trainable: false }, i32(3))
  const x = b.parameter("x", { _tag: "Batch" }, type)
  const column = b.parameter("column", { _tag: "Batch" }, i32(rows))
  const noise = b.add("RandomUniform", [key], { shape: type.shape, draw: 3 })
  const weights = b.add("Broadcast", [Builder.reshape(b, b.add("Gather", [w, column], { axis: 0 }, "model.ts:7:9"), [rows, 1])], {
    shape: [rows, columns]
  })
  const y = Builder.binary(b, "Add", Builder.binary(b, "Add", Builder.binary(b, "Mul", x, weights), noise), memory)
  const total = b.add("CrossReplicaSum", [Builder.reduce(b, "ReduceSum", y, [0])], {})
  b.output("w", { _tag: "State" }, Builder.binary(b, "Sub", w, Builder.binary(b, "Mul", total, Builder.scalar(b, "float32", 1e-3))))
  b.output("memory", { _tag: "State" }, Builder.binary(b, "Mul", y, Builder.scalar(b, "float32", 0.5)))
  b.output(randomKeyName, { _tag: "State" }, Builder.binary(b, "Add", key, Builder.constant(b, Int32Array.of(0, 0, 1), [3])))
  b.output("loss", { _tag: "Loss" }, Builder.reduce(b, "ReduceMean", Builder.binary(b, "Mul", y, y), [0, 1]))
  b.output("y", { _tag: "Outfeed" }, y)
  b.output("noise", { _tag: "Outfeed" }, noise)
  const init = Builder.make()
  init.output("w", { _tag: "State" }, Builder.constant(init, numbers(f32(columns), 5), [columns]))
  init.output("memory", { _tag: "State" }, Builder.fill(init, type, 0))
  return { mode: "train", step: b.build(), init: init.build() }
}

const batchesOf = (replicas: number, steps: number) =>
  Array.from({ length: steps }, (_, i) => [
    numbers(f32(replicas * rows, columns), i + 1),
    Int32Array.from({ length: replicas * rows }, (_, r) => (r + i) % columns)
  ])

const seed = 12345678901

/** What `steps` steps give: losses, outputs and state. */
const ran = Effect.fnUntraced(function* (options: Options, program: Program, steps = 7) {
  const executable = yield* make({ cache: false, prefetch: 8, ...options }).compile(program)
  yield* executable.initialise(seed)
  for (const batch of batchesOf(options.replicas ?? 1, steps)) yield* executable.feed(batch)
  const { losses } = yield* executable.run(steps)
  return { losses, outputs: yield* executable.outfeed, state: yield* executable.readState }
})

type Ran = Effect.Success<ReturnType<typeof ran>>

const assertSame = (actual: Ran, expected: Ran) => {
  assertClose(actual.losses, expected.losses, 1e-6)
  assert.deepStrictEqual([...actual.state.keys()], [...expected.state.keys()])
  for (const [name, { data }] of expected.state) assertClose(actual.state.get(name)!.data, data, 1e-6)
  assert.strictEqual(actual.outputs.length, expected.outputs.length)
  expected.outputs.forEach(({ outfeed: [y, noise] }, i) => {
    assertClose(actual.outputs[i]!.outfeed[0]!, y!, 1e-6)
    assert.deepStrictEqual(actual.outputs[i]!.outfeed[1], noise)
  })
}

withXla("programs that XLA cuts over cores", (file) => {
  const client = lazyClient(file)

  describe("a program that XLA cuts over cores", () => {
    it("has its devices replica by replica, and core by core in each", () => {
      const text = `module @places attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 2 : i32} {
        sdy.mesh @cores = <["core"=4]>
        func.func public @main() -> (tensor<4xi32> {sdy.sharding = #sdy.sharding<@cores, [{"core"}]>}, tensor<i32> {sdy.sharding = #sdy.sharding<@cores, []>}) {
          %core = stablehlo.iota dim = 0 : tensor<4xi32>
          %id = stablehlo.replica_id : tensor<ui32>
          %replica = stablehlo.convert %id : (tensor<ui32>) -> tensor<i32>
          return %core, %replica : tensor<4xi32>, tensor<i32>
        } }`
      const executable = new Executable(client(), client().compile(text, { replicas: 2, partitions: 4 }), 8, {
        parameters: [],
        results: [i32(1), i32()]
      })
      const { events, results } = executable.launch()
      client().awaitAll(events)
      const told = results.map((row) => row.map((buffer) => client().read(buffer, new Int32Array(1))[0]!))
      assert.deepStrictEqual(
        told,
        Array.from({ length: 8 }, (_, place) => [place % 4, Math.floor(place / 4)])
      )
      assert.strictEqual(new Set(executable.devices).size, 8)
      for (const row of results) for (const buffer of row) client().release(buffer)
      executable.close()
      assert.throws(
        () => new Executable(client(), client().compile(text, { replicas: 2, partitions: 4 }), 4, { parameters: [], results: [] }),
        /the program runs on 8 devices, and 4 were expected/
      )
    })
  })

  describe("the PJRT engine with several cores for a replica", () => {
    it.live(
      "gives each core its part of the batch, and the bits of one core's draws; loops give the bits of single steps",
      () =>
        Effect.gen(function* () {
          for (const replicas of [1, 2]) {
            const whole = yield* ran({ replicas }, recurrent())
            const [low, high] = RandomKey.fromSeed(seed)
            const drawn = new Float32Array(rows * columns)
            RandomKey.fillUniform(drawn, Int32Array.of(low!, high!, 6), replicas - 1, 3)
            assert.deepStrictEqual(whole.outputs[6]!.outfeed[1]!.subarray((replicas - 1) * drawn.length), drawn)
            // side by side in memory, apart, and uneven: whole on each core
            for (const dims of [{ x: [4, 1], column: [4] }, { x: [2, 2] }, { x: [1, 4] }]) {
              const single = yield* ran({ replicas, stepsPerExecute: 1 }, cut(recurrent(), dims))
              assertSame(single, whole)
              assert.deepStrictEqual(yield* ran({ replicas, stepsPerExecute: 3 }, cut(recurrent(), dims)), single)
            }
          }
        }),
      300_000
    )

    it.live("finds a program of several cores in the compile cache", () =>
      Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(path.join(tmpdir(), "effect-estimator-cores-"))),
          (made) => Effect.sync(() => rmSync(made, { recursive: true }))
        )
        const options = { replicas: 2, stepsPerExecute: 1, cache: folder }
        const first = yield* ran(options, cut(recurrent(), { x: [2, 1] }))
        const files = readdirSync(folder)
        assert.strictEqual(files.length, 1)
        assert.deepStrictEqual(yield* ran(options, cut(recurrent(), { x: [2, 1] })), first)
        assert.deepStrictEqual(readdirSync(folder), files)
        yield* ran(options, cut(recurrent(), { x: [1, 2] }))
        assert.strictEqual(readdirSync(folder).length, 2)
      })
    )

    it.live("has one process for programs of one core and of several", () =>
      Effect.gen(function* () {
        const devices: Array<PluginDevice> = []
        const device = make({ cache: false }, { spawn: (plan, given) => (devices.push(given), given.serve(plan)) })
        const executables = yield* Effect.forEach([undefined, { x: [4, 1] }, { x: [2, 3] }], (dims) => device.compile(cut(recurrent(), dims)))
        assert.strictEqual(new Set(devices.map((given) => given.process()!.child.pid)).size, 1)
        const losses = yield* Effect.forEach(
          executables,
          Effect.fnUntraced(function* (executable) {
            yield* executable.initialise(seed)
            for (const batch of batchesOf(1, 3)) yield* executable.feed(batch)
            return (yield* executable.run(3)).losses
          }),
          { concurrency: 3 }
        )
        for (const other of losses.slice(1)) assertClose(other, losses[0]!, 1e-6)
      })
    )

    it.effect("counts cores where devices are too few, and names a partition that cannot be", () =>
      Effect.gen(function* () {
        const refused = (options: Options, dims: Dims) =>
          Effect.map(Effect.flip(make({ cache: false, ...options }).compile(cut(recurrent(), dims))), (error) => error.message)
        const few = { cpu_device_count: 3 }
        assert.include(
          yield* refused({ replicas: 2, client: few }, { x: [2, 1] }),
          "2 replicas of 2 cores take 4 devices, and cpu has 3: run with --replicas 1 or fewer"
        )
        assert.include(
          yield* refused({ client: few }, { x: [4, 1] }),
          "1 replicas of 4 cores take 4 devices, and cpu has 3: set numCoresPerReplica to 3 or fewer"
        )
        assert.include(yield* refused({}, { z: [2, 1] }), `the partition cuts a batch leaf "z"; expected one of x, column`)
      })
    )

    it.effect("names the line of an index out of range", () =>
      Effect.gen(function* () {
        const executable = yield* make({ cache: false }).compile(cut(recurrent(), { x: [2, 1], column: [2] }))
        yield* executable.initialise(seed)
        yield* executable.feed([new Float32Array(rows * columns), Int32Array.of(0, 1, 2, columns)])
        assert.strictEqual((yield* Effect.flip(executable.run(1))).detail, "Gather: an index is out of range (at model.ts:7:9)")
      })
    )
  })
})
