import { Worker } from "node:worker_threads";
import type * as Host from "../hosted/Host.ts";
import type { WorkerPlan } from "./WorkerPlan.ts";
export declare const engine = "tensorflow";
export declare const remedy = "Run `npx effect-estimator devices install tensorflow`, or install a @tensorflow/tfjs-node whose binding loads.";
export type Spawn = Host.Spawn<WorkerPlan>;
export declare const spawnWorker: (plan: WorkerPlan) => Worker;
