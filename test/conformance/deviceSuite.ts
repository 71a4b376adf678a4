/** What every engine must do, whatever it runs on. An engine gives its layer for a number of replicas. */
import { assert, layer } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { globalStepName, randomKeyName } from "../../src/domain/Program.ts"
import * as RandomKey from "../../src/domain/RandomKey.ts"
import { Device } from "../../src/services/Device.ts"
import { feedingSuite } from "./deviceFeeding.ts"
import { linearBatches, started, stepOf, steps } from "./deviceSteps.ts"
import { linearBatch, linearLosses } from "./expected.ts"
import { diverging, linear, linearRows, lookup, noise, noiseSize, shards } from "./programs.ts"

const close = (actual: ReadonlyArray<number>, expected: ReadonlyArray<number>) => {
  assert.strictEqual(actual.length, expected.length)
  expected.forEach((value, i) => assert.closeTo(actual[i]!, value, 1e-5))
}

type It = Vitest.MethodsNonLive<Device>

const training = (it: It, n: number) => {
  it.effect("trains as one replica on the whole batch would", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const batches = linearBatches(n, 0, 6)
      const { losses, outputs } = yield* steps(executable, batches)
      const expected = linearLosses(batches)
      close(losses, expected.losses)
      close(
        outputs.map((output) => output.loss),
        expected.losses
      )
      const state = yield* executable.readState
      close([...state.get("w")!.data], expected.w)
      assert.deepStrictEqual([...state.keys()], ["w", globalStepName])
      assert.deepStrictEqual(
        outputs.map((output) => [...output.outfeed[1]!]),
        [1, 2, 3, 4, 5, 6].map((step) => new Array<number>(n).fill(step))
      )
      assert.strictEqual(outputs[0]!.outfeed[0]!.length, n * linearRows)
    })
  )

  it.effect("keeps its state from run to run, and reads and writes it whole", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      yield* steps(executable, linearBatches(n, 0, 3))
      const saved = yield* executable.readState
      const after = yield* steps(executable, linearBatches(n, 3, 6))
      const other = yield* started(linear(n), 8)
      yield* other.writeState(saved)
      assert.deepStrictEqual(yield* other.readState, saved)
      assert.deepStrictEqual(yield* steps(other, linearBatches(n, 3, 6)), after)
      yield* executable.writeState(new Map([["w", saved.get("w")!]]))
      assert.strictEqual(yield* stepOf(executable), 6, "leaves that are not given keep their values")
      saved.get("w")!.data.fill(99)
      const taken = yield* executable.readState
      const again = yield* executable.readState
      for (const { data } of again.values()) data.fill(0)
      yield* executable.copyState(again)
      assert.deepStrictEqual(again, taken, "into arrays that are there")
      taken.get("w")!.data.fill(98)
      assert.isBelow((yield* executable.readState).get("w")!.data[0]!, 98, "the state given and the state taken are copies")
    })
  )

  it.effect("runs two programs side by side", () =>
    Effect.gen(function* () {
      const one = yield* started(linear(n))
      const two = yield* started(linear(n))
      const batches = linearBatches(n, 0, 4)
      const [a, b] = yield* Effect.all([steps(one, batches), steps(two, [...batches].reverse())], { concurrency: 2 })
      close(a.losses, linearLosses(batches).losses)
      close(b.losses, linearLosses([...batches].reverse()).losses)
    })
  )
}

const replication = (it: It, n: number) => {
  it.effect("gives each replica its part of the batch and its own cache", () =>
    Effect.gen(function* () {
      const executable = yield* started(shards())
      const x = Float32Array.from({ length: 2 * n }, (_, i) => i + 1)
      const ids = Int32Array.from({ length: n }, (_, r) => r - 1)
      const flags = Uint8Array.from({ length: n }, (_, r) => r % 2)
      const { losses, outputs } = yield* steps(executable, [
        [x, ids, flags],
        [x, ids, flags]
      ])
      const [memory, sum, replica, tripled, negated] = outputs[1]!.outfeed
      assert.deepStrictEqual(
        [...memory!],
        Array.from(x, (value, i) => (i % 2 === 0 ? 10 : 20) + 2 * value)
      )
      const total = (offset: number) => Array.from({ length: n }, (_, r) => x[2 * r + offset]!).reduce((a, b) => a + b, 0)
      assert.deepStrictEqual(
        [...sum!],
        Array.from(x, (_, i) => total(i % 2))
      )
      assert.deepStrictEqual(
        replica,
        Int32Array.from({ length: n }, (_, r) => r)
      )
      assert.deepStrictEqual(
        tripled,
        ids.map((id) => id * 3)
      )
      assert.deepStrictEqual(
        negated,
        flags.map((flag) => 1 - flag)
      )
      assert.isNaN(losses[0], "a program without a loss reports NaN")
      const state = yield* executable.readState
      assert.deepStrictEqual(state.get("memory"), { dtype: "float32", shape: [n, 2], data: memory! })
      yield* executable.writeState(new Map([["memory", { dtype: "float32" as const, shape: [n, 2], data: x }]]))
      const again = yield* steps(executable, [[x, ids, flags]])
      assert.deepStrictEqual(
        [...again.outputs[0]!.outfeed[0]!],
        Array.from(x, (value) => 2 * value)
      )
    })
  )

  it.effect("draws the bits of RandomKey, by replica, step and draw", () =>
    Effect.gen(function* () {
      const executable = yield* started(noise(), 12345678901)
      const key = (counter: number) => {
        const [low, high] = RandomKey.fromSeed(12345678901)
        return Int32Array.of(low!, high!, counter)
      }
      const initial = new Float32Array(noiseSize)
      RandomKey.fillNormal(initial, key(RandomKey.initCounter), 0, 7)
      assert.deepStrictEqual((yield* executable.readState).get("w")!.data, initial)
      const { losses, outputs } = yield* steps(executable, [[Float32Array.from({ length: n }, (_, r) => r)], [new Float32Array(n)]])
      assert.closeTo(losses[0]!, (n - 1) / 2, 1e-6)
      outputs.forEach((output, step) => {
        ;[RandomKey.fillUniform, RandomKey.fillUniform, RandomKey.fillNormal, RandomKey.fillTruncatedNormal].forEach((fill, draw) => {
          const expected = new Float32Array(n * noiseSize)
          for (let r = 0; r < n; r++) fill(expected.subarray(r * noiseSize, (r + 1) * noiseSize), key(step), r, draw)
          assert.deepStrictEqual(output.outfeed[draw], expected)
        })
      })
      assert.deepStrictEqual((yield* executable.readState).get(randomKeyName)!.data, key(2))
    })
  )

  it.effect("starts from the same bits with the same seed", () =>
    Effect.gen(function* () {
      const executable = yield* started(noise(), 1)
      const first = yield* executable.readState
      yield* steps(executable, [[new Float32Array(n)]])
      yield* executable.initialise(1)
      assert.deepStrictEqual(yield* executable.readState, first)
      yield* executable.initialise(2)
      assert.notDeepEqual((yield* executable.readState).get("w"), first.get("w"))
    })
  )
}

const failing = (it: It, n: number) => {
  it.effect("refuses state and batches that do not fit, and goes on", () =>
    Effect.gen(function* () {
      const executable = yield* started(linear(n))
      const before = yield* executable.readState
      const good = { dtype: "float32" as const, shape: [3], data: Float32Array.of(7, 7, 7) }
      const refusedState = (name: string, data: Float32Array, shape: ReadonlyArray<number>) =>
        Effect.map(
          Effect.flip(
            executable.writeState(
              new Map([
                ["w", good],
                [name, { dtype: "float32" as const, shape, data }]
              ])
            )
          ),
          (error) => {
            assert.strictEqual(error.reason, "BadState")
            assert.include(error.detail, `"${name}"`)
          }
        )
      yield* refusedState("nope", Float32Array.of(1), [1])
      yield* refusedState(globalStepName, Float32Array.of(1), [])
      yield* refusedState("w", Float32Array.of(1, 2), [2])
      assert.deepStrictEqual(yield* executable.readState, before)
      const [x, y] = linearBatch(0, n * linearRows)
      for (const batch of [[x], [x, y, y], [x, new Int32Array(y.length)], [x.subarray(1), y]]) {
        assert.strictEqual((yield* Effect.flip(executable.feed(batch))).reason, "BadBatch")
      }
      close((yield* steps(executable, [[x, y]])).losses, linearLosses([[x, y]]).losses)
    })
  )

  it.effect("names what failed in a step", () =>
    Effect.gen(function* () {
      const executable = yield* started(lookup())
      const good = Int32Array.from({ length: 2 * n }, (_, i) => i % 3)
      const { outputs } = yield* steps(executable, [[good]])
      assert.deepStrictEqual(
        [...outputs[0]!.outfeed[0]!],
        [...good].flatMap((id) => [2 * id + 1, 2 * id + 2])
      )
      yield* executable.feed([good.map(() => 3)])
      assert.strictEqual((yield* Effect.flip(executable.run(1))).reason, "OpFailed")
    })
  )

  it.effect("ends with the scope it was compiled in", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const executable = yield* Scope.provide(started(linear(n)), scope)
      const waiting = yield* Effect.forkChild(Effect.flip(executable.run(1)))
      yield* Effect.yieldNow
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual((yield* Fiber.join(waiting)).reason, "Closed")
      for (const use of [
        executable.initialise(1),
        executable.run(1),
        executable.outfeed,
        executable.readState,
        executable.writeState(new Map()),
        executable.feed(linearBatch(0, n * linearRows))
      ]) {
        assert.strictEqual((yield* Effect.flip(use)).reason, "Closed")
      }
    })
  )

  it.effect("compiles no program whose variables would drift apart", () =>
    Effect.gen(function* () {
      const device = yield* Device
      if (n === 1) {
        yield* device.compile(diverging())
        return
      }
      const error = yield* Effect.flip(device.compile(diverging()))
      assert.strictEqual(error._tag, "CompileError")
      assert.include(error.message, `"w"`)
      assert.include(error.message, "model.ts:9:5")
    })
  )
}

/**
 * Registers the suite for 1, 2 and 4 replicas. `engine` is built once for each; a layer that fails to build fails the suite:
 * where an engine may be missing, the caller decides that and says so.
 */
export const deviceSuite = <E>(name: string, engine: (replicas: number) => Layer.Layer<Device, E>): void => {
  for (const n of [1, 2, 4]) {
    layer(engine(n))(`conformance of ${name} with ${n} replicas`, (it) => {
      it.effect("says what it is", () =>
        Effect.gen(function* () {
          const device = yield* Device
          assert.strictEqual(device.engine, name)
          assert.strictEqual(device.replicas, n)
        })
      )
      training(it, n)
      replication(it, n)
      failing(it, n)
      feedingSuite(it, n)
    })
  }
}
