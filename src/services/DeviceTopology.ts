/**
 * How the device's replicas lie on hosts. None by default: one host with a core for each replica.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Topology from "../domain/Topology.ts"

/** @category services @since 0.1.0 */
export const DeviceTopology = Context.Reference<Topology.Topology | undefined>("effect-estimator/services/DeviceTopology", {
  defaultValue: () => undefined
})

/**
 * Spreads a device over hosts, for the input's sake: the device of the reference or the ONNX engine with as many replicas
 * computes as before. Whether the numbers fit is checked when a program runs.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Parameters<typeof Topology.make>[0]): Layer.Layer<never> => Layer.succeed(DeviceTopology, Topology.make(options))
