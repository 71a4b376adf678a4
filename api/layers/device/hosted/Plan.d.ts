import type { Graph } from "../../../domain/graph/Graph.ts";
import { type BatchLeaf, type OutfeedLeaf, type StateLeaf } from "../../../domain/Program.ts";
import { type Shape, type TensorType } from "../../../domain/Tensor.ts";
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
    readonly base: number;
    readonly stride: number;
    readonly bytes: number;
}
export interface HostedLayout {
    readonly replicas: number;
    readonly slots: number;
    readonly state: ReadonlyArray<StatePlace>;
    readonly infeed: ReadonlyArray<SlotPlace>;
    readonly outfeed: ReadonlyArray<SlotPlace>;
    readonly bytes: number;
}
export interface HostedPlan {
    readonly layout: HostedLayout;
    readonly init: Graph;
    readonly memory: ArrayBufferLike;
    readonly control: ArrayBufferLike;
    readonly losses: ArrayBufferLike;
    readonly slotLosses: ArrayBufferLike;
    readonly dirty?: ArrayBufferLike;
}
export declare class Allocator {
    bytes: number;
    take(size: number): number;
}
type Leaf = BatchLeaf | OutfeedLeaf;
export declare const slotsWithin: (step: Graph, replicas: number, more?: number) => number;
export declare const slotBySlot: (memory: Allocator, leaves: ReadonlyArray<Leaf>, replicas: number, slots: number) => ReadonlyArray<SlotPlace>;
export declare const leafByLeaf: (memory: Allocator, leaves: ReadonlyArray<Leaf>, replicas: number, slots: number, isAligned?: boolean) => ReadonlyArray<SlotPlace>;
export declare const statePlace: (memory: Allocator, leaf: StateLeaf, replicas: number, divided: boolean, moving: boolean) => StatePlace;
export declare const memoryFor: (layout: HostedLayout, maxIterations: number) => Pick<HostedPlan, "memory" | "control" | "losses" | "slotLosses">;
export {};
