/** Calls of many steps: what they are given, and what comes of it. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { make } from "../../../../src/layers/device/tensorflow/Engine.ts"
import * as Runner from "../../../../src/layers/device/tensorflow/Runner.ts"
import { linear, noise } from "../../../conformance/programs.ts"
import { withTensorflow } from "./available.ts"
import { held, watch } from "./held.ts"
import { started } from "../workers.ts"
import { openAddon } from "./onTensorflow.ts"

withTensorflow("calls of TensorFlow", (file) => {
  it.effect("runs many steps in one call, each with its own batch and draws", () =>
    Effect.gen(function* () {
      for (const jitCompile of [false, true]) {
        const device = make({ prefetch: 8, jitCompile })
        const [one, many] = [yield* started(device, noise()), yield* started(device, noise())]
        const batches = Array.from({ length: 6 }, (_, i) => [Float32Array.of(i)])
        for (const x of batches) {
          yield* one.feed(x)
          yield* one.run(1)
        }
        // all are there before the run begins
        for (const x of batches) yield* many.feed(x)
        assert.deepStrictEqual([...(yield* many.run(6)).losses], [0, 1, 2, 3, 4, 5])
        assert.deepStrictEqual(yield* many.outfeed, yield* one.outfeed)
        assert.deepStrictEqual(yield* many.readState, yield* one.readState)
      }
    })
  )

  it.effect("has calls for as many steps as have batches and room, and no more", () =>
    Effect.gen(function* () {
      const { device, plans } = held()
      yield* device.compile(noise())
      const addon = openAddon(file)
      const { outputs, watched } = watch(addon)
      const runner = Runner.make(watched, plans[0]!)
      const tensors = addon.getNumOfTensors()
      runner.store!(plans[0]!.layout.state.map((_, i) => i))
      runner.steps(0, 0, 5, new Float32Array(5))
      assert.strictEqual(outputs.length, 2)
      assert.strictEqual(addon.getNumOfTensors(), tensors, "every tensor is released")
      runner.close()
      assert.strictEqual(addon.getNumOfSavedModels(), 0)
      assert.isAtLeast(runner.most, 4)
    })
  )

  it.effect("hands over the rows that are used, XLA those of the longest run so far, and asks for the key where numbers are drawn", () =>
    Effect.gen(function* () {
      for (const [program, asksForKey] of [[linear(1), false] as const, [noise(), true] as const]) {
        for (const jitCompile of [false, true]) {
          const { device, plans } = held({}, undefined, { prefetch: 8, jitCompile })
          yield* device.compile(program)
          const { outputs, shapes, watched } = watch(openAddon(file))
          const runner = Runner.make(watched, plans[0]!)
          runner.store!(plans[0]!.layout.state.map((_, i) => i))
          const rows = (iterations: number, slot: number, count: number) => {
            shapes.length = 0
            runner.begin!(iterations)
            runner.steps(slot, slot, count, new Float32Array(8))
            // one replica: the first axis of all but the scalars is that of the rows
            return new Set(shapes.filter(({ length }) => length > 0).map(([first]) => first))
          }
          assert.deepStrictEqual(rows(2, 7, 1), new Set([jitCompile ? 2 : 1]))
          assert.deepStrictEqual(rows(2, 0, 2), new Set([2]))
          assert.deepStrictEqual(rows(100, 2, 3), new Set([jitCompile ? 8 : 3]))
          assert.deepStrictEqual(rows(2, 5, 2), new Set([jitCompile ? 8 : 2]))
          assert.strictEqual(outputs.at(-1)!.split(",").includes("key:0"), asksForKey)
          runner.close()
        }
      }
    })
  )

  it.effect("runs of any length go on from each other, wherever in the ring they begin", () =>
    Effect.gen(function* () {
      for (const jitCompile of [false, true]) {
        const [one, many] = [yield* started(make({ prefetch: 4, jitCompile }), noise()), yield* started(make({ prefetch: 4, jitCompile }), noise())]
        let next = 0
        for (const iterations of [2, 1, 3, 4, 2]) {
          const batches = Array.from({ length: iterations }, () => [Float32Array.of(next++)])
          for (const x of batches) {
            yield* one.feed(x)
            yield* one.run(1)
            yield* many.feed(x)
          }
          assert.deepStrictEqual(
            [...(yield* many.run(iterations)).losses],
            batches.map(([x]) => x![0])
          )
          assert.deepStrictEqual(yield* many.outfeed, yield* one.outfeed)
        }
        assert.deepStrictEqual(yield* many.readState, yield* one.readState)
      }
    })
  )
})
