/**
 * `Device` on ONNX Runtime: the step becomes one ONNX model, run by the native library of onnxruntime-node through its
 * C API in a worker thread. The state, the batches and the outputs lie in memory that both threads share.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import { Device } from "../../services/Device.ts"
import * as Engine from "./onnx/Engine.ts"

/** @category models @since 0.1.0 */
export type Options = Engine.Options

/**
 * The device; native code is loaded by `compile`, which fails with `EngineUnavailable` where koffi or onnxruntime-node is
 * not installed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Device["Service"] => Engine.make(options)

/** @category layers @since 0.1.0 */
export const layer = (options: Options = {}): Layer.Layer<Device> => Layer.sync(Device, () => make(options))

/** The ops that the engine has a lowering for. @category tables @since 0.1.0 */
export { opNames } from "./onnx/lower.ts"
