/** Devices whose process a test holds, and what they refuse. */
import * as Effect from "effect/Effect"
import { make, type Options, type PluginDevice, type Seams } from "../../../../src/layers/device/pjrt/Engine.ts"
import { echo } from "./texts.ts"

/** A device whose process the test holds. */
export const held = (options: Options = {}, seams: Seams = {}) => {
  const devices: Array<PluginDevice> = []
  const serve: Seams["spawn"] = (plan, device) => {
    devices.push(device)
    return device.serve(plan)
  }
  const device = make({ cache: false, ...options }, { spawn: serve, ...seams })
  return { device, child: () => devices[0]!.process()!.child, process: () => devices[0]!.process(), started: () => devices.length }
}

/** The message of a compile that fails. */
export const refusalOf = (seams: Seams, options: Options = {}) =>
  Effect.map(Effect.flip(make({ cache: false, ...options }, seams).compile(echo())), (error) => `${error._tag}: ${error.message}`)
