/** Programs that XLA cuts over the cores of a replica: which device computes what, loops, draws, the compile cache, too few devices. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { Graph, NodeId } from "../../../../src/domain/graph/Graph.ts"
import { type Program, randomKeyName } from "../../../../src/domain/Program.ts"
import * as RandomKey from "../../../../src/domain/RandomKey.ts"
import { sizeOf } from "../../../../src/domain/Tensor.ts"
import { Executable } from "../../../../src/layers/device/pjrt/client/Executable.ts"
import { make, type Options, type PluginDevice } from "../../../../src/layers/device/pjrt/Engine.ts"
import { assertClose, f32, i32, numbers } from "../../../conformance/opCase.ts"
import { withXla } from "./available.ts"
import { lazyClient, stepsOnXla } from "./onXla.ts"

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

/** One op on images that are batch leaves by their names. */
const onImages = (
  leaves: { readonly [name: string]: ReadonlyArray<number> },
  op: (b: Builder.Builder, x: { readonly [name: string]: NodeId }) => NodeId
): Graph => {
  const b = Builder.make()
  const x = Object.fromEntries(Object.entries(leaves).map(([name, shape]) => [name, b.parameter(name, { _tag: "Batch" }, f32(...shape))]))
  b.output("y", { _tag: "Outfeed" }, op(b, x))
  return b.build()
}

const plain = {
  padding: [
    [0, 0],
    [0, 0]
  ],
  dilations: [1, 1]
} as const

/** What XLA's partitioner computes wrongly, or ends its process over, if it is let. */
const hazards: ReadonlyArray<readonly [what: string, Graph, Dims]> = [
  [
    "the gradient of a pool whose windows overlap",
    onImages({ dy: [2, 4, 8, 3], x: [2, 7, 8, 3] }, (b, { dy, x }) => {
      const attrs = {
        window: [3, 2],
        strides: [2, 1],
        padding: [
          [1, 1],
          [0, 1]
        ]
      } as const
      return b.add("MaxPoolGrad", [dy!, x!, b.add("MaxPool", [x!], attrs)], attrs)
    }),
    { x: [1, 1, 2, 1] }
  ],
  [
    "the gradient of a depthwise filter",
    onImages({ x: [2, 3, 4, 2], w: [2, 2, 2, 3], f: [2, 1, 3, 2] }, (b, { f, w, x }) => {
      const image = b.add("Conv2D", [x!, w!], {
        strides: [2, 2],
        padding: [
          [0, 1],
          [0, 0]
        ],
        dilations: [1, 1]
      })
      const attrs = {
        strides: [2, 1],
        padding: [
          [1, 0],
          [0, 0]
        ],
        dilations: [1, 1],
        depthwise: true
      } as const
      const dy = Builder.unary(b, "Tanh", b.add("Conv2D", [image, f!], attrs))
      return b.add("Conv2DBackpropFilter", [image, dy], { ...attrs, filterShape: [2, 1, 3, 2] })
    }),
    { x: [1, 1, 2, 2] }
  ],
  [
    "channels of a depthwise convolution's gradient",
    onImages({ dy: [2, 6, 6, 4], f: [1, 1, 2, 2] }, (b, { dy, f }) =>
      b.add("Conv2DBackpropInput", [dy!, f!], { ...plain, strides: [1, 1], depthwise: true, inputShape: [2, 6, 6, 2] })
    ),
    { dy: [1, 2, 1, 2] }
  ],
  [
    "a convolution's gradient with cores without a row",
    onImages({ dy: [2, 3, 5, 4], f: [3, 2, 3, 4] }, (b, { dy, f }) =>
      b.add("Conv2DBackpropInput", [dy!, f!], {
        strides: [2, 2],
        padding: [
          [0, 1],
          [1, 1]
        ],
        dilations: [1, 1],
        inputShape: [2, 7, 8, 3]
      })
    ),
    { dy: [1, 4, 1, 1] }
  ],
  [
    "a pool with cores without a column",
    onImages({ x: [2, 14, 3, 2] }, (b, { x }) =>
      b.add("MaxPool", [x!], {
        window: [3, 3],
        strides: [2, 2],
        padding: [
          [0, 1],
          [1, 0]
        ]
      })
    ),
    { x: [1, 1, 8, 1] }
  ]
]

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

    for (const [what, graph, dims] of hazards) {
      it(`computes ${what} as one core does`, () => {
        const program = cut({ mode: "predict", step: graph, init: Builder.make().build() }, dims)
        const inputs = graph.parameters.map(({ node }, i) => numbers(graph.nodes[node]!.type, i + 1))
        const { outfeeds } = stepsOnXla(client(), program, {}, [new Map()], [[inputs]])
        assertClose(outfeeds[0]![0]![0]!, evaluate(graph, inputs)[0]!, 1e-5)
      })
    }
  })

  describe("the PJRT engine with several cores for a replica", () => {
    it.live("gives each core its part of the batch, and the bits of one core's draws; loops give the bits of single steps", () =>
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
      })
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
