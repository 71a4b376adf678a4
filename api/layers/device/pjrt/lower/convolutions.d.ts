import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Emitter, type Value } from "./Emitter.ts";
declare const conv2D: (e: Emitter, { attrs, type }: NodeOf<"Conv2D">, [image, filter]: ReadonlyArray<Value>) => Value;
declare const backpropInput: (e: Emitter, { attrs, type }: NodeOf<"Conv2DBackpropInput">, [given, filter]: ReadonlyArray<Value>) => Value;
declare const backpropFilter: (e: Emitter, { attrs, type }: NodeOf<"Conv2DBackpropFilter">, given: ReadonlyArray<Value>) => Value;
export declare const convolutionRules: {
    Conv2D: typeof conv2D;
    Conv2DBackpropInput: typeof backpropInput;
    Conv2DBackpropFilter: typeof backpropFilter;
};
export {};
