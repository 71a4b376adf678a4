import type { Runner } from "../hosted/serve.ts";
import type { Ort } from "./Ort.ts";
import type { WorkerPlan } from "./WorkerPlan.ts";
export interface Stepper {
    readonly step: (slot: number, out: number, parity: number) => number;
    readonly close: () => void;
    readonly memory: ArrayBufferLike;
}
export declare const make: (ort: Ort, plan: WorkerPlan) => Stepper;
export declare const runner: (stepper: Stepper, plan: WorkerPlan) => Runner;
