/**
 * The engine's name, and how its worker is started.
 *
 * @since 0.1.0
 */
import { Worker } from "node:worker_threads"
import type * as Host from "../hosted/Host.ts"
import type { WorkerPlan } from "./WorkerPlan.ts"

/** @category constants @since 0.1.0 */
export const engine = "onnx"

/** @category constants @since 0.1.0 */
export const remedy = "Run `npm install koffi onnxruntime-node`."

/** Starts the worker thread; tests put their own here to end it when they like. @category models @since 0.1.0 */
export type Spawn = Host.Spawn<WorkerPlan>

/** The worker's module is TypeScript beside this file, or what it was compiled to. @category constructors @since 0.1.0 */
export const spawnWorker = (plan: WorkerPlan): Worker =>
  new Worker(new URL(import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js", import.meta.url), { workerData: plan, execArgv: [] })
