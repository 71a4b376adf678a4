import type * as Host from "../hosted/Host.ts";
import type { WorkerPlan } from "./WorkerPlan.ts";
export declare const engine = "onnx";
export declare const remedy = "Run `ONNXRUNTIME_NODE_INSTALL=skip npm install koffi onnxruntime-node`: without the variable its install script fetches CUDA from nuget.org, and npm leaves the package out where that fails.";
export type Spawn = Host.Spawn<WorkerPlan>;
export declare const spawnWorker: (plan: WorkerPlan) => import("worker_threads").Worker;
