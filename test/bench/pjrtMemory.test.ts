/** Ten thousand executions leave nothing behind, in the plugin's process and of its handles. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { measure } from "../../bench/harness/pjrtMemory.ts"
import { withXla } from "../layers/device/pjrt/available.ts"

/** Of the plugin's process, between 2,000 and 10,000 executions: a leak of one of a step's arrays would be 500. */
const allowedMiB = 32

withXla("10,000 executions on XLA", () => {
  it.effect(
    "leave no handle of the plugin open, and its process as large as after 2,000",
    () =>
      Effect.gen(function* () {
        const { open, resident } = yield* measure(10_000, 5)
        assert.deepStrictEqual(open, { buffers: 0, programs: 0, events: 0 })
        assert.isBelow(resident.at(-1)![1] - resident[0]![1], allowedMiB)
      }),
    120_000
  )
})
