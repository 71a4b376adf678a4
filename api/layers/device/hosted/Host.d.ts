import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Scope from "effect/Scope";
import type { Worker } from "node:worker_threads";
import { CompileError, EngineUnavailable, ExecuteError } from "../../../domain/Errors.ts";
import type { HostedPlan } from "./Plan.ts";
export interface Identity {
    readonly engine: string;
    readonly remedy: string;
}
type Failure = ExecuteError | CompileError | EngineUnavailable;
type Poll<A, E> = () => Exit.Exit<A, E> | undefined;
export type Spawn<P extends HostedPlan> = (plan: P) => Worker;
export declare class Host {
    #private;
    readonly identity: Identity;
    readonly control: Int32Array;
    constructor(identity: Identity, control: SharedArrayBuffer, worker: Worker);
    get failure(): ExecuteError | undefined;
    fail(failure: Failure): void;
    wait<A, E>(bit: number, poll: Poll<A, E>, onInterrupt?: Effect.Effect<void>): Effect.Effect<A, E>;
    get ready(): Effect.Effect<void, Failure>;
    get close(): Effect.Effect<void>;
}
export declare const start: <P extends HostedPlan>(identity: Identity, plan: P, spawn: Spawn<P>) => Effect.Effect<Host, never, Scope.Scope>;
export {};
