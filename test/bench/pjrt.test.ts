/** The Transformer-XL program on XLA, through one changed layer. */
import { assert, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, FileSystem } from "effect"
import * as Workload from "../../bench/peers/Workload.ts"
import * as DeviceOnnx from "../../src/layers/device/DeviceOnnx.ts"
import * as DevicePjrt from "../../src/layers/device/DevicePjrt.ts"
import { withXla } from "../layers/device/pjrt/available.ts"
import { lossesOn, sizesOf } from "./losses.ts"

const prepared = (sizes: Workload.Sizes) =>
  Effect.gen(function* () {
    const directory = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
    Workload.write(directory, sizes)
    return directory
  })

const close = (losses: ReadonlyArray<number>, expected: ReadonlyArray<number>, tolerance: number, what: string) => {
  assert.strictEqual(losses.length, expected.length)
  losses.forEach((loss, i) => assert.closeTo(loss / expected[i]!, 1, tolerance, `${what}, step ${i}`))
}

withXla("the Transformer-XL program on XLA", () => {
  it.live("has the losses of ONNX Runtime over 50 steps", () =>
    Effect.gen(function* () {
      const sizes = sizesOf(4)
      const directory = yield* prepared(sizes)
      const expected = yield* lossesOn(directory, sizes, DeviceOnnx.layer({ threads: 1 }), 50)
      assert.isBelow(expected.at(-1)!, expected[0]! - 0.1)
      close(yield* lossesOn(directory, sizes, DevicePjrt.layer(), 50), expected, 1e-4, "pjrt")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("has the same losses for 16 rows on one replica, and 8, 4 and 2 on two, four and eight", () =>
    Effect.gen(function* () {
      const sizes = sizesOf(16)
      const directory = yield* prepared(sizes)
      const expected = yield* lossesOn(directory, sizes, DevicePjrt.layer(), 10)
      for (const replicas of [2, 4, 8]) {
        close(yield* lossesOn(directory, sizes, DevicePjrt.layer({ replicas }), 10), expected, 1e-5, `${replicas} replicas`)
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("loops of steps inside the program give the bits of single steps", () =>
    Effect.gen(function* () {
      const sizes = sizesOf(4)
      const directory = yield* prepared(sizes)
      const single = yield* lossesOn(directory, sizes, DevicePjrt.layer({ stepsPerExecute: 1 }), 24)
      assert.deepStrictEqual(yield* lossesOn(directory, sizes, DevicePjrt.layer({ stepsPerExecute: 4 }), 24), single)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
