/**
 * The engine's name, and how its worker is started.
 *
 * @since 0.1.0
 */
import type * as Host from "../hosted/Host.ts"
import { spawnBeside } from "../hosted/spawn.ts"
import type { WorkerPlan } from "./WorkerPlan.ts"

/** @category constants @since 0.1.0 */
export const engine = "onnx"

/** @category constants @since 0.1.0 */
export const remedy =
  "Run `ONNXRUNTIME_NODE_INSTALL=skip npm install koffi onnxruntime-node`: without the variable its install script fetches CUDA from nuget.org, and npm leaves the package out where that fails."

/** Starts the worker thread; tests put their own here to end it when they like. @category models @since 0.1.0 */
export type Spawn = Host.Spawn<WorkerPlan>

/** Starts `worker.ts`. @category constructors @since 0.1.0 */
export const spawnWorker = spawnBeside<WorkerPlan>(import.meta.url)
