import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Scope from "effect/Scope";
import { CompileError, EngineUnavailable, ExecuteError } from "../../../domain/Errors.ts";
import { type WorkerMessage } from "./control.ts";
import type { HostedPlan } from "./Plan.ts";
export interface Identity {
    readonly engine: string;
    readonly remedy: string;
    readonly party?: string;
}
export interface Party {
    on(event: "message", listener: (message: number | WorkerMessage) => void): unknown;
    on(event: "error", listener: (cause: unknown) => void): unknown;
    on(event: "exit", listener: (code: number) => void): unknown;
    once(event: "exit", listener: () => void): unknown;
    removeAllListeners(): unknown;
    readonly wake?: () => void;
    readonly abandon?: () => void;
}
type Failure = ExecuteError | CompileError | EngineUnavailable;
type Poll<A, E> = () => Exit.Exit<A, E> | undefined;
export type Spawn<P extends HostedPlan> = (plan: P) => Party;
export declare class Host {
    #private;
    readonly identity: Identity;
    readonly control: Int32Array;
    constructor(identity: Identity, control: ArrayBufferLike, party: Party);
    ring(): void;
    get failure(): ExecuteError | undefined;
    fail(failure: Failure): void;
    wait<A, E>(bit: number, poll: Poll<A, E>, onInterrupt?: Effect.Effect<void>): Effect.Effect<A, E>;
    get ready(): Effect.Effect<void, Failure>;
    get close(): Effect.Effect<void>;
}
export declare const start: <P extends HostedPlan>(identity: Identity, plan: P, spawn: Spawn<P>) => Effect.Effect<Host, never, Scope.Scope>;
export {};
