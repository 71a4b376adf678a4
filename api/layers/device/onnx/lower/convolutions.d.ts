import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import type { Padding2d } from "../../../../domain/graph/ops.ts";
import { type Emitter, type Value } from "./Emitter.ts";
export declare const padsOf: ([[top, bottom], [left, right]]: Padding2d) => number[];
export declare const remainder: (extent: number, positions: number, stride: number, reach: number, [before, after]: readonly [number, number]) => number;
declare const conv2D: (e: Emitter, node: NodeOf<"Conv2D">) => Value;
declare const conv2DBackpropInput: (e: Emitter, node: NodeOf<"Conv2DBackpropInput">) => Value;
declare const conv2DBackpropFilter: (e: Emitter, node: NodeOf<"Conv2DBackpropFilter">) => Value;
export declare const convolutionRules: {
    Conv2D: typeof conv2D;
    Conv2DBackpropInput: typeof conv2DBackpropInput;
    Conv2DBackpropFilter: typeof conv2DBackpropFilter;
};
export {};
