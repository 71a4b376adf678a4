import { Worker } from "node:worker_threads";
import type { HostedPlan } from "./Plan.ts";
export declare const spawnBeside: <P extends HostedPlan>(url: string) => (plan: P) => Worker;
