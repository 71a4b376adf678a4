import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { program as transformerXl } from "../../../../examples/transformer-xl/main.ts"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { globalStepName, type Program, randomKeyName } from "../../../../src/domain/Program.ts"
import * as RandomKey from "../../../../src/domain/RandomKey.ts"
import { Estimator, EstimatorTest } from "../../../../src/index.ts"
import type * as StepModule from "../../../../src/layers/device/pjrt/stepModule.ts"
import { linearBatch, linearLosses } from "../../../conformance/expected.ts"
import { f32 } from "../../../conformance/opCase.ts"
import { linear, linearRows, lookup, noise, noiseSize, shards } from "../../../conformance/programs.ts"
import { shift } from "../onnx/programs.ts"
import { withXla } from "./available.ts"
import { images } from "./images.ts"
import { lazyClient, type Steps, stepsOnXla } from "./onXla.ts"
import { byReplica, type Recorded, recording, stateByReplica, stateOf } from "./recorded.ts"

const close = (actual: ReadonlyArray<number>, expected: ReadonlyArray<number>, tolerance: number) => {
  assert.strictEqual(actual.length, expected.length)
  expected.forEach((value, i) => assert.closeTo(actual[i]!, value, tolerance, `step ${i + 1}`))
}

/** All but what the programs are made of. */
const same = (a: Steps, b: Steps) => assert.deepStrictEqual({ ...a, operations: {} }, { ...b, operations: {} })

/** Two layers of width 16 on real text, 8 rows a step, with dropout. */
const recordTransformer = Effect.fnUntraced(function* (replicas: number, maxSteps: number) {
  const into: Partial<Recorded> & Pick<Recorded, "batches" | "losses"> = { batches: [], losses: [] }
  const small = { layers: 2, width: 16, heads: 2, inner: 32, memory: 8, segment: 8, batch: 8, dropout: 0.1, learningRate: 3e-3 }
  const { estimator, train } = transformerXl.make({ ...transformerXl.params, ...small })
  yield* Estimator.train({ ...estimator, config: {} }, { input: train!, maxSteps }).pipe(
    Effect.provide(Layer.mergeAll(Layer.provideMerge(recording(replicas, into), EstimatorTest.layer()), NodeServices.layer))
  )
  return into as Recorded // the run filled it
})

withXla("steps of StableHLO", (file) => {
  const client = lazyClient(file)
  const w = { w: Float32Array.of(1, 0, -1) }

  for (const replicas of [1, 2, 4]) {
    describe(`steps of StableHLO with ${replicas} replicas`, () => {
      it("train as one replica on the whole batch would, one at a time and several in a loop to the same bits", () => {
        const program = linear(replicas)
        const batches = Array.from({ length: 6 }, (_, i) => linearBatch(i, linearRows * replicas))
        const run = (iterations: number) =>
          stepsOnXla(client(), program, { replicas, iterations }, stateOf(program, replicas, w), byReplica(batches, replicas))
        const steps = run(1)
        const expected = linearLosses(batches)
        close(steps.losses, expected.losses, 1e-5)
        for (const own of steps.state) {
          close([...own.get("w")!], expected.w, 1e-5)
          assert.deepStrictEqual([...own.get(globalStepName)!], [6])
        }
        steps.outfeeds.forEach((byStep, i) =>
          byStep.forEach(([predicted, step]) => assert.deepStrictEqual([predicted!.length, step![0]], [2, i + 1]))
        )
        for (const iterations of [2, 3, 6]) same(run(iterations), steps)
      })

      it("give each replica its part of the batch, its own cache, its number and the sum over all", () => {
        const program = shards()
        const x = Float32Array.from({ length: 2 * replicas }, (_, i) => i + 1)
        const ids = Int32Array.from({ length: replicas }, (_, r) => r - 1)
        const flags = Uint8Array.from({ length: replicas }, (_, r) => r % 2)
        const batches = byReplica(
          [0, 1, 2, 3].map(() => [x, ids, flags]),
          replicas
        )
        const first = stateOf(program, replicas, { memory: Float32Array.of(10, 20) })
        const steps = stepsOnXla(client(), program, { replicas, iterations: 2 }, first, batches)
        const total = (offset: number) => Array.from({ length: replicas }, (_, r) => x[2 * r + offset]!).reduce((a, b) => a + b, 0)
        steps.outfeeds.forEach((byStep, i) =>
          byStep.forEach((own, r) =>
            assert.deepStrictEqual(
              own.map((data) => [...data]),
              [[10 + (i + 1) * x[2 * r]!, 20 + (i + 1) * x[2 * r + 1]!], [total(0), total(1)], [r], [3 * ids[r]!], [1 - flags[r]!]]
            )
          )
        )
        assert.deepStrictEqual(steps.losses, [])
        assert.deepStrictEqual(steps.state[replicas - 1]!.get("memory"), steps.outfeeds[3]![replicas - 1]![0])
      })

      it("draw the bits of RandomKey, by replica, step and draw", () => {
        const program = noise()
        const key = (counter: number) => Int32Array.of(-5, 3, counter)
        const first = stateOf(program, replicas, { [randomKeyName]: key(7) })
        const batches = byReplica(
          [0, 1, 2].map(() => [new Float32Array(replicas)]),
          replicas
        )
        const steps = stepsOnXla(client(), program, { replicas, iterations: 3 }, first, batches)
        steps.outfeeds.forEach((byStep, i) =>
          byStep.forEach((own, r) => {
            ;[RandomKey.fillUniform, RandomKey.fillUniform, RandomKey.fillNormal, RandomKey.fillTruncatedNormal].forEach((fill, draw) => {
              const expected = new Float32Array(noiseSize)
              fill(expected, key(7 + i), r, draw)
              assert.deepStrictEqual(own[draw], expected)
            })
          })
        )
        for (const own of steps.state) assert.deepStrictEqual(own.get(randomKeyName), key(10))
      })
    })
  }

  describe("steps of StableHLO", () => {
    for (const replicas of [1, 2]) {
      it.live(
        `train a Transformer-XL as the reference does, ${replicas} replicas`,
        () =>
          Effect.gen(function* () {
            const { batches, losses, program, state } = yield* recordTransformer(replicas, 12)
            const run = (options: Partial<StepModule.StepOptions>) =>
              stepsOnXla(
                client(),
                program,
                { replicas, ...options },
                stateByReplica(program, state, replicas),
                byReplica(batches.slice(0, 12), replicas)
              )
            const steps = run({})
            close(steps.losses, losses, 1e-4)
            // as one loop, to the same bits
            if (replicas === 2) same(run({ iterations: 4 }), steps)
            else close(run({ precision: "bfloat16" }).losses, losses, 3e-2)
          }),
        180_000
      )
    }

    it("say in which step which check did not hold", () => {
      const program = lookup()
      const batches = byReplica([[Int32Array.of(0, 1)], [Int32Array.of(2, 3)], [Int32Array.of(2, 2)], [Int32Array.of(-1, 0)]], 1)
      for (const iterations of [1, 4]) {
        const steps = stepsOnXla(client(), program, { iterations }, stateOf(program, 1, {}), batches)
        assert.deepStrictEqual(steps.failed, [0, 1, 0, 1])
        assert.deepStrictEqual([...steps.outfeeds[2]![0]![0]!], [5, 6, 5, 6])
      }
    })

    it("take and give leaves without elements", () => {
      const b = Builder.make()
      const none = b.parameter("none", { _tag: "State", kind: "variable", trainable: false }, f32(0))
      const x = b.parameter("x", { _tag: "Batch" }, f32(2, 0))
      b.output("none", { _tag: "State" }, none)
      b.output("y", { _tag: "Outfeed" }, Builder.binary(b, "Add", x, Builder.broadcastTo(b, none, [2, 0])))
      b.output("sum", { _tag: "Outfeed" }, Builder.reduce(b, "ReduceSum", x, [0, 1]))
      const program: Program = { mode: "predict", step: b.build(), init: Builder.make().build() }
      const batches = byReplica([[new Float32Array(0)], [new Float32Array(0)]], 1)
      for (const iterations of [1, 2]) {
        const { outfeeds } = stepsOnXla(client(), program, { iterations }, stateOf(program, 1, {}), batches)
        assert.deepStrictEqual(outfeeds[1], [[new Float32Array(0), Float32Array.of(0)]])
      }
    })

    it("are cut over the cores of a replica by XLA, to the same numbers", () => {
      for (const replicas of [1, 2]) {
        const whole = images(replicas)
        const pixels = (n: number) => Float32Array.from({ length: n }, (_, i) => ((i * 7) % 11) / 8 - 0.5)
        const batches = byReplica(
          [0, 1, 2].map((i) => [pixels(replicas * 2 * 8 * 5).map((x) => x + i / 8)]),
          replicas
        )
        const first = stateOf(whole, replicas, { filter: pixels(18) })
        const expected = stepsOnXla(client(), whole, { replicas }, first, batches)
        assert.isUndefined(expected.operations["collective-permute"])
        for (const iterations of [1, 3]) {
          const program = { ...whole, partition: { cores: 2, dims: new Map([["image", [1, 2, 1, 1]]]) } }
          const steps = stepsOnXla(client(), program, { replicas, iterations }, first, batches)
          // rows of the image that a core's windows reach into come from its neighbour
          assert.isAbove(steps.operations["collective-permute"] ?? 0, 0)
          close(steps.losses, expected.losses, 1e-5)
          steps.state.forEach((own, r) => close([...own.get("filter")!], [...expected.state[r]!.get("filter")!], 1e-5))
          steps.outfeeds.forEach((byStep, i) => byStep.forEach((own, r) => close([...own[0]!], [...expected.outfeeds[i]![r]![0]!], 1e-5)))
        }
      }
    })

    it("keep state that is not written, and exchange state", () => {
      const program = shift()
      const given = {
        memory: Float32Array.of(1, 2, 3, 4),
        total: Float32Array.of(5),
        kept: Float32Array.of(6),
        a: Float32Array.of(7),
        b: Float32Array.of(8)
      }
      const leaves = program.step.parameters.filter(({ role }) => role._tag === "Batch")
      const batch = leaves.map(({ node }) => Float32Array.from({ length: program.step.nodes[node]!.type.shape[0]! }, () => 1))
      const run = (iterations: number) =>
        stepsOnXla(client(), program, { iterations }, stateOf(program, 1, given), byReplica([batch, batch, batch], 1)).state[0]!
      const state = run(1)
      assert.deepStrictEqual(
        [state.get("kept"), state.get("a"), state.get("b"), state.get("total")],
        [given.kept, given.b, given.a, Float32Array.of(8)]
      )
      assert.deepStrictEqual(run(3), state)
    })
  })
})
