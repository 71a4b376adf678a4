/**
 * `Device` on TensorFlow: the step becomes a graph with its state in the variables of one session, run by the binding of
 * `@tensorflow/tfjs-node` in a worker thread, many steps in a call; compiled by XLA on request.
 *
 * Threads are TensorFlow's own affair, one pool for the process: `TF_NUM_INTRAOP_THREADS` and `TF_NUM_INTEROP_THREADS` of the
 * environment that the process was started with set them, `TF_CPP_MIN_LOG_LEVEL=2` silences its start.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import { Device } from "../../services/Device.ts"
import * as Engine from "./tensorflow/Engine.ts"

/** @category models @since 0.1.0 */
export type Options = Engine.Options

/**
 * The device; native code is loaded by `compile`, which fails with `EngineUnavailable` where there is neither a tfjs-node with
 * its binding nor one that `effect-estimator devices install tensorflow` has built.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Device["Service"] => Engine.make(options)

/** @category layers @since 0.1.0 */
export const layer = (options: Options = {}): Layer.Layer<Device> => Layer.sync(Device, () => make(options))

/** The ops that the engine has a lowering for. @category tables @since 0.1.0 */
export { opNames } from "./tensorflow/lower.ts"
