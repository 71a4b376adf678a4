import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Value } from "../../hosted/lower/Values.ts";
import type { Emitter } from "./Emitter.ts";
export declare const depthwise: (e: Emitter, node: NodeOf<"Conv2D">) => Value;
export declare const depthwiseBackpropInput: (e: Emitter, node: NodeOf<"Conv2DBackpropInput">) => Value;
export declare const depthwiseBackpropFilter: (e: Emitter, node: NodeOf<"Conv2DBackpropFilter">) => Value;
