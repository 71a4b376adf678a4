import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Value } from "../../hosted/lower/Values.ts";
import type { Emitter } from "./Emitter.ts";
declare const conv2D: (e: Emitter, node: NodeOf<"Conv2D">) => Value;
declare const conv2DBackpropInput: (e: Emitter, node: NodeOf<"Conv2DBackpropInput">) => Value;
declare const conv2DBackpropFilter: (e: Emitter, node: NodeOf<"Conv2DBackpropFilter">) => Value;
declare const maxPoolGrad: (e: Emitter, node: NodeOf<"MaxPoolGrad">) => Value;
declare const avgPool: (e: Emitter, node: NodeOf<"AvgPool">) => Value;
declare const avgPoolGrad: (e: Emitter, node: NodeOf<"AvgPoolGrad">) => Value;
export declare const windowRules: {
    Conv2D: typeof conv2D;
    Conv2DBackpropInput: typeof conv2DBackpropInput;
    Conv2DBackpropFilter: typeof conv2DBackpropFilter;
    MaxPool: (e: Emitter, node: NodeOf<"MaxPool">) => Value;
    MaxPoolGrad: typeof maxPoolGrad;
    AvgPool: typeof avgPool;
    AvgPoolGrad: typeof avgPoolGrad;
};
export {};
