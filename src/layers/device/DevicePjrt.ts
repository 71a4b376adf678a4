/**
 * `Device` on XLA through a PJRT plugin: the step becomes one StableHLO module, compiled for CPUs, GPUs or TPUs by the plugin, with its
 * state on the devices and one device for each replica, or for each of its cores. The plugin runs in a process beside this one.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Device } from "../../services/Device.ts"
import * as Engine from "./pjrt/Engine.ts"

/** @category models @since 0.1.0 */
export type Options = Engine.Options

/**
 * The device; the plugin's process is started by `compile`, which fails with `EngineUnavailable` where no plugin is found, it cannot
 * be loaded, or it has fewer devices than the replicas and their cores take.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Device["Service"] => Engine.make(options)

/**
 * The device, whose process starts with the layer, and ends with it: the plugin is loaded while the step is still being traced.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<Device> =>
  Layer.effect(
    Device,
    Effect.suspend(() => {
      const { ahead, device } = Engine.makeAhead(options)
      return Effect.as(ahead, device)
    })
  )

/** The ops that the engine has a lowering for. @category tables @since 0.1.0 */
export { opNames } from "./pjrt/lower.ts"
