import { type WorkerMessage } from "./control.ts";
import type { HostedPlan } from "./Plan.ts";
export interface Port {
    readonly postMessage: (message: number | WorkerMessage) => void;
    readonly sleep?: (control: Int32Array, bell: number) => void;
    readonly words?: (error: unknown) => string;
}
export interface Runner {
    readonly most: number;
    readonly begin?: (iterations: number) => void;
    readonly steps: (slot: number, out: number, count: number, losses: Float32Array) => void;
    readonly fetch?: () => void;
    readonly store?: (leaves: ReadonlyArray<number>) => void;
}
export declare class StepsFailed extends Error {
    readonly done: number;
    constructor(done: number, cause: unknown);
}
export declare const messageOf: (error: unknown) => string;
export declare const serve: (port: Port, plan: HostedPlan, runner: Runner, now?: () => number) => Promise<void>;
