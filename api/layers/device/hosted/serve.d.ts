import type { MessagePort } from "node:worker_threads";
import type { HostedPlan } from "./Plan.ts";
export interface Runner {
    readonly most: number;
    readonly begin?: (iterations: number) => void;
    readonly steps: (slot: number, out: number, count: number, losses: Float32Array) => void;
    readonly fetch?: () => void;
    readonly store?: (leaves: ReadonlyArray<number>) => void;
}
export declare const messageOf: (error: unknown) => string;
export type Port = Pick<MessagePort, "postMessage">;
export declare const serve: (port: Port, plan: HostedPlan, runner: Runner, now?: () => number) => Promise<void>;
