/** Programs compiled for devices that are not here: where libtpu, or CUDA's plugin with ptxas, is installed; else skipped. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import type { Program } from "../../../../src/domain/Program.ts"
import { make, type Told } from "../../../../src/layers/device/pjrt/Ahead.ts"
import * as CudaTools from "../../../../src/layers/device/pjrt/cudaTools.ts"
import { locate } from "../../../../src/layers/device/pjrt/plugins.ts"
import { targetOf } from "../../../../src/layers/device/pjrt/targets.ts"

import { linear } from "../../../conformance/programs.ts"
import { withXla } from "./available.ts"
import { images } from "./images.ts"

const target = targetOf("tpu:v5e:2x2")!

/** A batch of n x n numbers, multiplied with itself. */
const square = (n: number): Program => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [n, n] })
  b.output("y", { _tag: "Outfeed" }, b.add("Exp", [b.add("MatMul", [x, x], { transposeA: false, transposeB: false })], {}, "model.ts:5:3"))
  return { mode: "predict", step: b.build(), init: Builder.make().build() }
}

/** Two products of a batch of n x n, each with an exponential; weights of n. */
const products = (n: number): Program => {
  const b = Builder.make()
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: false }, { dtype: "float32", shape: [n] })
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [n, n] })
  const product = (of: number, line: number) =>
    b.add("Exp", [b.add("MatMul", [of, of], { transposeA: false, transposeB: true }, `model.ts:${line}:3`)], {}, `model.ts:${line}:9`)
  b.output("w", { _tag: "State" }, b.add("Add", [w, w], {}))
  b.output("y", { _tag: "Outfeed" }, product(product(x, 5), 6))
  const init = Builder.make()
  init.output("w", { _tag: "State" }, Builder.constant(init, new Float32Array(n), [n]))
  return { mode: "predict", step: b.build(), init: init.build() }
}

/** Collectives of a program of two replicas, whose images are whole on one core, or cut by rows over two. */
const collectivesOf = (target: string, cores: number) =>
  Effect.gen(function* () {
    const all: Array<Told> = []
    const whole = images(2)
    const program = cores === 1 ? whole : { ...whole, partition: { cores, dims: new Map([["image", [1, cores, 1, 1]]]) } }
    yield* Effect.scoped(make({ target: targetOf(target)!, replicas: 2, onCompiled: (told) => all.push(told) }).compile(program))
    const { operations } = all[0]!
    const count = (name: string) => (operations[name] ?? 0) + (operations[`${name}-start`] ?? 0)
    return { devices: all[0]!.devices, reduces: count("all-reduce"), moves: count("collective-permute") + count("all-gather") + count("all-to-all") }
  })

/** Rows that a core's windows reach into come from its neighbour, and what is cut is put together. */
const checkCut = (whole: string, cut: string) =>
  Effect.gen(function* () {
    const [one, two] = [yield* collectivesOf(whole, 1), yield* collectivesOf(cut, 2)]
    assert.deepStrictEqual([one.devices, two.devices], [2, 4])
    assert.strictEqual(one.moves, 0)
    assert.isAtLeast(one.reduces, 1)
    assert.isAtLeast(two.moves, 1)
    assert.isAtLeast(two.reduces, 1)
  })

/** Of an array: more than the 128 MiB that a TPU has on its chip. */
const extent = 8192

/** What is told of the buffers: each by its name, the largest first, and as many bytes as the plugin has counted. */
const checkBuffers = (target: string) =>
  Effect.gen(function* () {
    const all: Array<Told> = []
    yield* Effect.scoped(make({ target: targetOf(target)!, onCompiled: (told) => all.push(told) }).compile(products(extent)))
    const [{ buffers, memory, productFlops }] = all as [Told]
    const sizes = buffers.map(({ bytes }) => bytes)
    assert.deepStrictEqual(
      sizes,
      sizes.toSorted((a, b) => b - a)
    )
    const bytes = 4 * extent ** 2
    const of = (kind: string, name: string) => buffers.find((buffer) => buffer.kind === kind && buffer.name === name)
    assert.deepStrictEqual(of("argument", "batch x"), { kind: "argument", name: "batch x", type: "f32[8192,8192]", bytes })
    assert.deepStrictEqual(of("result", "outfeed y"), { kind: "result", name: "outfeed y", type: "f32[8192,8192]", bytes })
    assert.strictEqual(of("argument", "w")!.bytes, 4 * extent)
    assert.isUndefined(of("result", "w (new)"), "it lies where w lay")
    const [first] = buffers.filter(({ kind }) => kind === "temporary")
    assert.match(
      `${first!.name} ${first!.type} ${first!.source}`,
      /^(MatMul b?f\d\d\[8192,8192\] model\.ts:5:3|Exp b?f\d\d\[8192,8192\] model\.ts:5:9)$/
    )
    const temporary = buffers.reduce((sum, { bytes: size, kind }) => (kind === "temporary" ? sum + size : sum), 0)
    assert.closeTo(temporary, memory.temporary, 0.01 * memory.temporary)
    assert.strictEqual(productFlops, 2 * 2 * extent ** 3)
  })

describe("a device that is not there", () => {
  it.effect("has as many devices as its replicas and their cores take", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(make({ target, replicas: 3, onCompiled: () => undefined }).compile(linear(3))))
      assert.strictEqual(error.message, "pjrt cannot compile: 3 replicas of 1 cores take 3 devices, and v5e:2x2 has 4")
    })
  )
})

const located = locate("tpu")
const name = Result.isSuccess(located) ? "libtpu" : `libtpu (${located.failure.message})`
if (Result.isFailure(located)) console.warn(`SKIPPED: ${name}`)

describe.skipIf(Result.isFailure(located))(name, () => {
  it.effect("says what a program takes on each device, which then cannot be run", () =>
    Effect.gen(function* () {
      const told: Array<Told> = []
      const executable = yield* make({ target, onCompiled: (compiled) => told.push(compiled) }).compile(linear(4))
      const [{ devices, kind, memory, operations }] = told as [Told]
      assert.deepStrictEqual([devices, kind], [4, "TPU v5 lite"])
      assert.isAbove(memory.peak, 0)
      assert.isAtLeast(memory.aliased, 4 * 3, "the weights are donated")
      assert.isAtLeast(operations["all-reduce"]!, 1)
      assert.strictEqual((yield* Effect.flip(executable.run(1))).reason, "Closed")
    })
  )

  it.effect("refuses a program that is too large, with the figures", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(make({ target, onCompiled: () => undefined }).compile(square(65_536)))
      assert.strictEqual(error._tag, "CompileError")
      assert.match(error.message, /G\b.*exceeds.*15\.75G/)
      assert.match(error.message, /The largest arrays of the step .*\n  16\.00 GiB  .*f32\[65536,65536\].*\n/)
      assert.include(error.message, "16.00 GiB  Exp f32[65536,65536] at model.ts:5:3")
    })
  )

  it.effect("names the largest buffers of a TPU", () => checkBuffers("tpu:v5e:1x1"))

  it.effect("cuts a replica over its cores", () => checkCut("tpu:v5e:1x2", "tpu:v5e:2x2"))

  it.effect("refuses a generation that there is not", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(make({ target: targetOf("tpu:v99:2x2")!, onCompiled: () => undefined }).compile(linear(4)))
      assert.match(error.message, /^pjrt cannot compile: .*v99/)
    })
  )
})

/** What stands in the way of compiling for GPUs. */
const cudaMissing = Result.match(
  Result.flatMap(locate("cuda"), () => CudaTools.locate()),
  { onFailure: (failure) => failure.message, onSuccess: () => undefined }
)
const cudaName = cudaMissing === undefined ? "XLA for CUDA" : `XLA for CUDA (${cudaMissing})`
if (cudaMissing !== undefined) console.warn(`SKIPPED: ${cudaName}`)

describe.skipIf(cudaMissing !== undefined)(cudaName, () => {
  it.effect("compiles a training step for one GPU and for several, without one", () =>
    Effect.gen(function* () {
      for (const replicas of [1, 2]) {
        const told: Array<Told> = []
        yield* make({ target: targetOf(`cuda:h100:${replicas}`)!, onCompiled: (compiled) => told.push(compiled) }).compile(linear(replicas))
        const [{ devices, kind, memory, operations }] = told as [Told]
        assert.deepStrictEqual([devices, kind], [replicas, "NVIDIA H100 80GB HBM3"])
        assert.isAtLeast(memory.aliased, 4 * 3, "the weights are donated")
        assert.strictEqual((operations["all-reduce"] ?? 0) + (operations["all-reduce-start"] ?? 0), replicas === 1 ? 0 : 1)
      }
    })
  )

  it.effect("names the largest buffers of a GPU", () => checkBuffers("cuda:h100"))

  it.effect("cuts a replica over its GPUs", () => checkCut("cuda:h100:2", "cuda:h100:4"))
})

withXla("programs compiled for CPUs", () => {
  it.effect("names the largest buffers of a CPU", () => checkBuffers("cpu"))

  it.effect("cuts a replica over several of them", () => checkCut("cpu:2", "cpu:4"))
})
