import { Worker } from "node:worker_threads";
import type * as Host from "../hosted/Host.ts";
import type { WorkerPlan } from "./WorkerPlan.ts";
export declare const engine = "onnx";
export declare const remedy = "Run `npm install koffi onnxruntime-node`.";
export type Spawn = Host.Spawn<WorkerPlan>;
export declare const spawnWorker: (plan: WorkerPlan) => Worker;
