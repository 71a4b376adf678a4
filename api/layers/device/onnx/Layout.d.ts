import { type Program, type StateLeaf } from "../../../domain/Program.ts";
import { type Shape, type TensorType } from "../../../domain/Tensor.ts";
import type { Lowered } from "./lower.ts";
import type { Merged } from "./Merged.ts";
export interface Place {
    readonly offsets: readonly [number, number];
    readonly bytes: number;
    readonly parts: number;
}
export interface StatePlace extends Place {
    readonly leaf: StateLeaf;
    readonly type: TensorType;
}
export interface SlotPlace {
    readonly name: string;
    readonly type: TensorType;
    readonly shape: Shape;
    readonly offset: number;
    readonly bytes: number;
}
export interface Slots {
    readonly leaves: ReadonlyArray<SlotPlace>;
    readonly base: number;
    readonly stride: number;
}
export interface Layout {
    readonly replicas: number;
    readonly slots: number;
    readonly state: ReadonlyArray<StatePlace>;
    readonly infeed: Slots;
    readonly outfeed: Slots;
    readonly loss: number | undefined;
    readonly bytes: number;
}
export declare const make: (program: Program, merged: Merged, lowered: Lowered, slots: number) => Layout;
