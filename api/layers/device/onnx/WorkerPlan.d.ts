import type { RandomOp } from "../../../domain/graph/ops.ts";
import type { Program } from "../../../domain/Program.ts";
import type { Merged } from "../hosted/Merged.ts";
import { type HostedPlan } from "../hosted/Plan.ts";
import type * as Layout from "./Layout.ts";
import type { Lowered } from "./lower.ts";
import type { SessionOptions } from "./Ort.ts";
import type { Port } from "./OnnxModel.ts";
export type Source = {
    readonly _tag: "State";
    readonly offsets: readonly [number, number];
} | {
    readonly _tag: "Slot";
    readonly base: number;
    readonly stride: number;
} | {
    readonly _tag: "Draw";
    readonly op: RandomOp;
    readonly draw: number;
    readonly replica: number;
    readonly key: readonly [number, number];
};
export type Target = {
    readonly _tag: "State";
    readonly offsets: readonly [number, number];
} | {
    readonly _tag: "Slot";
    readonly base: number;
    readonly stride: number;
} | {
    readonly _tag: "Loss";
    readonly offset: number;
};
export interface WorkerPlan extends HostedPlan {
    readonly library: string;
    readonly koffi: string;
    readonly model: Uint8Array<ArrayBuffer>;
    readonly session: SessionOptions;
    readonly inputs: ReadonlyArray<Port & {
        readonly bytes: number;
        readonly source: Source;
    }>;
    readonly outputs: ReadonlyArray<Port & {
        readonly bytes: number;
        readonly target: Target;
    }>;
    readonly layout: Layout.Layout;
}
export interface PlanOptions {
    readonly library: string;
    readonly koffi: string;
    readonly session: SessionOptions;
    readonly maxIterations: number;
}
export declare const make: (program: Program, merged: Merged, lowered: Lowered, layout: Layout.Layout, options: PlanOptions) => WorkerPlan;
