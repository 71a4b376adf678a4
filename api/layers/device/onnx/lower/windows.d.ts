import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Value } from "../../hosted/lower/Values.ts";
import type { Emitter } from "./Emitter.ts";
declare const maxPoolGrad: (e: Emitter, node: NodeOf<"MaxPoolGrad">) => Value;
declare const avgPoolGrad: (e: Emitter, node: NodeOf<"AvgPoolGrad">) => Value;
export declare const windowRules: {
    MaxPool: (e: Emitter, node: NodeOf<"MaxPool">) => Value;
    MaxPoolGrad: typeof maxPoolGrad;
    AvgPool: (e: Emitter, node: NodeOf<"AvgPool">) => Value;
    AvgPoolGrad: typeof avgPoolGrad;
};
export {};
