import type { NodeId } from "../../graph/Graph.ts";
import type { TensorType } from "../../Tensor.ts";
import { type CutRules, type Cutter, type Place, type Value } from "./Cutter.ts";
import * as Layout from "./Layout.ts";
type Combiner = Parameters<Cutter["combine"]>[0];
export interface Partials {
    readonly layout: Layout.Layout;
    readonly over: ReadonlyArray<number>;
    readonly specs: ReadonlyArray<Layout.AxisSpec>;
    readonly op: Combiner;
    readonly each: (tile: Layout.Tile) => NodeId;
    readonly last?: (total: NodeId, place: Place) => NodeId;
}
export declare const partials: (cx: Cutter, type: TensorType, { each, last, layout, op, over, specs }: Partials) => Value;
export declare const reductionRules: CutRules;
export {};
