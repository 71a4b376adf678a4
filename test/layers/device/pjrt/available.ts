/** Whether XLA's CPU plugin can run here. Where it cannot, its tests are skipped, and each file says so with the reason and the remedy. */
import { describe } from "@effect/vitest"
import * as Result from "effect/Result"
import { locate } from "../../../../src/layers/device/pjrt/plugins.ts"

const located = locate(undefined)

/** The plugin's file. */
export const pluginFile: string | undefined = Result.isSuccess(located) ? located.success.file : undefined

const reason = Result.isFailure(located) ? located.failure.message : ""

/** Registers the tests of `body` where the plugin is; else one skipped suite whose name is the reason. */
export const withXla = (name: string, body: (file: string) => void): void => {
  if (pluginFile !== undefined) return body(pluginFile)
  console.warn(`SKIPPED: ${name}: ${reason}`)
  describe.skipIf(true)(`${name} (${reason})`, () => {
    body("none")
  })
}
