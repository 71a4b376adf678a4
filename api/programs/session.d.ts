import * as Effect from "effect/Effect";
import * as Scope from "effect/Scope";
import { type BatchLayout, type BatchSpec } from "../domain/batching.ts";
import { CheckpointError, type CompileError, type ConfigError, type EngineUnavailable, ExecuteError, type InputError, type TraceError } from "../domain/Errors.ts";
import { type InputSource, type PositionedExample } from "../domain/Input.ts";
import type { StateKind } from "../domain/graph/Graph.ts";
import { type Mode, type Partition, type State } from "../domain/Program.ts";
import type { RunConfig } from "../domain/RunConfig.ts";
import { Device, type Executable } from "../services/Device.ts";
import type { RunContext } from "../services/Hooks.ts";
import { type Feed, Infeed } from "../services/Infeed.ts";
import { type Traced, Tracer } from "../services/Tracer.ts";
import type { Estimator } from "./Estimator.ts";
import type { Events } from "./events.ts";
import type { KeptPrograms } from "./keptPrograms.ts";
import type { Restored } from "./restore.ts";
export interface OpenInput<E> {
    readonly feed: Feed<PositionedExample, E>;
    readonly first: PositionedExample | undefined;
}
export declare const openInput: <E, R>(source: InputSource<E, R>, from: string | undefined, prefetch: number) => Effect.Effect<OpenInput<E>, E, R | Infeed | Scope.Scope>;
export interface Session<E, R> {
    readonly spec: BatchSpec;
    readonly traced: Traced<E, R>;
    readonly executable: Executable;
}
export interface Form {
    readonly spec: BatchSpec;
    readonly partition: Partition | undefined;
}
export declare const formOf: (mode: Mode, first: PositionedExample, batchSize: number | undefined, layout?: BatchLayout | undefined) => Effect.Effect<Form, ConfigError | InputError, Device>;
export declare const compile: <P, E, R>(estimator: Estimator<P, E, R>, mode: Mode, args_2: Form, config: Pick<RunConfig, "precision" | "saveSummarySteps" | "seed">, events: Events, kept?: KeptPrograms<Session<E, R>> | undefined) => Effect.Effect<Session<E, R>, CompileError | ConfigError | EngineUnavailable | ExecuteError | TraceError, Device | Scope.Scope | Tracer>;
export declare const setState: (session: Session<unknown, unknown>, config: RunConfig, restored: Restored | undefined, kinds: readonly StateKind[]) => Effect.Effect<void, CheckpointError | ExecuteError, Device>;
export declare const readCache: (session: Session<unknown, unknown>) => Effect.Effect<State, ExecuteError>;
export declare const contextBefore: (mode: Mode, config: RunConfig, step: number, lastStep: number | undefined, log: Events) => RunContext;
