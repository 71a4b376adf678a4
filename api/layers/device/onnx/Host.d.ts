import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Scope from "effect/Scope";
import { Worker } from "node:worker_threads";
import { CompileError, EngineUnavailable, ExecuteError } from "../../../domain/Errors.ts";
import type { WorkerPlan } from "./WorkerPlan.ts";
export declare const engine = "onnx";
export declare const remedy = "Run `npm install koffi onnxruntime-node`.";
type Failure = ExecuteError | CompileError | EngineUnavailable;
type Poll<A, E> = () => Exit.Exit<A, E> | undefined;
export type Spawn = (plan: WorkerPlan) => Worker;
export declare const spawnWorker: Spawn;
export declare class Host {
    #private;
    readonly control: Int32Array;
    constructor(plan: WorkerPlan, spawn: Spawn);
    get failure(): ExecuteError | undefined;
    fail(failure: Failure): void;
    wait<A, E>(bit: number, poll: Poll<A, E>, onInterrupt?: Effect.Effect<void>): Effect.Effect<A, E>;
    get ready(): Effect.Effect<void, Failure>;
    get close(): Effect.Effect<void>;
}
export declare const start: (plan: WorkerPlan, spawn: Spawn) => Effect.Effect<Host, never, Scope.Scope>;
export {};
