import * as Builder from "../../graph/Builder.ts";
import type { Node, NodeId, NodeOf } from "../../graph/Graph.ts";
import type { OpAttrs, OpName } from "../../graph/ops.ts";
import { type Shape, type TensorType } from "../../Tensor.ts";
import * as Layout from "./Layout.ts";
export interface Value {
    readonly type: TensorType;
    readonly layout: Layout.Layout | undefined;
    readonly tiles: ReadonlyArray<NodeId>;
}
export type Place = number | "all";
export interface Cutter {
    readonly b: Builder.Builder;
    readonly read: (value: Value, block: Layout.Block, place: Place) => NodeId;
    readonly whole: (value: Value, place?: Place) => NodeId;
    readonly add: <K extends Exclude<OpName, "Parameter">>(place: Place, op: K, inputs: ReadonlyArray<NodeId>, attrs: OpAttrs[K]) => NodeId;
    readonly like: (place: Place, node: Node, inputs: ReadonlyArray<NodeId>) => NodeId;
    readonly combine: (op: "Add" | "Mul" | "Max" | "Min" | "And" | "Or", parts: ReadonlyArray<NodeId>, place: Place) => NodeId;
    readonly images: Map<string, Layout.Layout>;
}
export interface Notes {
    readonly computed: ReadonlyMap<NodeId, Place>;
    readonly moved: () => number;
}
export declare const wholeValue: (b: Builder.Builder, node: NodeId) => Value;
export declare const tiled: (type: TensorType, layout: Layout.Layout | undefined, f: (tile: Layout.Tile) => NodeId) => Value | undefined;
export declare const finest: (layouts: ReadonlyArray<Layout.Layout | undefined>) => Layout.Layout | undefined;
export declare const all: (shape: Shape) => Layout.Block;
export declare const make: (b: Builder.Builder, cores: number) => Cutter & Notes;
export type CutRule<K extends OpName> = (cx: Cutter, node: NodeOf<K>, inputs: ReadonlyArray<Value>) => Value | undefined;
export type CutRules = {
    readonly [K in OpName]?: CutRule<K>;
};
