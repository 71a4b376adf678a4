/** Whether TensorFlow can run here. Where it cannot, its tests are skipped, and each file says so with the reason and the remedy. */
import { describe } from "@effect/vitest"
import * as Result from "effect/Result"
import { locate } from "../../../../src/layers/device/tensorflow/install/locate.ts"

const located = locate()

/** The addon's file. */
export const addonFile: string | undefined = Result.isSuccess(located) ? located.success.addon : undefined

const reason = Result.isFailure(located) ? located.failure.message : ""

/** Registers the tests of `body` where TensorFlow is; else one skipped suite whose name is the reason. */
export const withTensorflow = (name: string, body: (addon: string) => void): void => {
  if (addonFile !== undefined) return body(addonFile)
  console.warn(`SKIPPED: ${name}: ${reason}`)
  describe.skipIf(true)(`${name} (${reason})`, () => {
    body("none")
  })
}
