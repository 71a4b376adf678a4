import type { Graph } from "../../../../domain/graph/Graph.ts";
import type { TensorType } from "../../../../domain/Tensor.ts";
import { type HostedLayout, type HostedPlan } from "../../hosted/Plan.ts";
import type { CompileOptions } from "../client/compileOptions.ts";
import type { ArgumentSource, ResultTarget } from "../stepModule.ts";
import type { Mapping } from "./SharedMemory.ts";
export type Source = {
    readonly _tag: "State";
    readonly index: number;
} | Exclude<ArgumentSource, {
    readonly _tag: "State";
}>;
export type Target = {
    readonly _tag: "State";
    readonly index: number;
} | Exclude<ResultTarget, {
    readonly _tag: "State";
}>;
export interface Argument {
    readonly type: TensorType;
    readonly source: Source;
    readonly offsets: ReadonlyArray<number>;
    readonly strides: BigInt64Array | undefined;
}
export interface Module {
    readonly text: string | Uint8Array;
    readonly iterations: number;
    readonly arguments: ReadonlyArray<Argument>;
    readonly results: ReadonlyArray<{
        readonly type: TensorType;
        readonly target: Target;
    }>;
}
export interface Shared {
    readonly file: number;
    readonly bytes: number;
    readonly control: number;
    readonly losses: number;
    readonly slotLosses: number;
    readonly dirty: number;
    readonly semaphore: number;
    readonly memory: number;
}
export interface ProgramPlan {
    readonly layout: HostedLayout;
    readonly init: Graph;
    readonly shared: Shared;
    readonly single: Module;
    readonly several: Module | undefined;
    readonly eager: boolean;
    readonly failures: ReadonlyArray<string>;
    readonly options: CompileOptions;
    readonly cache: {
        readonly folder: string;
        readonly plugin: string;
    } | undefined;
}
export declare const placeShared: (layout: HostedLayout) => Omit<Shared, "file">;
export declare const hostedPlan: (plan: Pick<ProgramPlan, "init" | "layout">, shared: Omit<Shared, "file">, mapping: Mapping) => HostedPlan;
