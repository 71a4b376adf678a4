import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import type { ConvAttrs, Padding2d } from "../../../../domain/graph/ops.ts";
import { type Value } from "../../hosted/lower/Values.ts";
import type { Emitter } from "./Emitter.ts";
import { type Extents } from "./images.ts";
export declare const conv2D: (e: Emitter, node: NodeOf<"Conv2D">) => Value;
export declare const turnedPadding: (dy: Extents, filter: Extents, x: Extents, { padding, dilations }: ConvAttrs) => Padding2d | undefined;
export declare const conv2DBackpropInput: (e: Emitter, node: NodeOf<"Conv2DBackpropInput">) => Value;
export declare const conv2DBackpropFilter: (e: Emitter, node: NodeOf<"Conv2DBackpropFilter">) => Value;
