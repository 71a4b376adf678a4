import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Emitter, type Value } from "./Emitter.ts";
declare const maxPool: (e: Emitter, node: NodeOf<"MaxPool">, [x]: ReadonlyArray<Value>) => Value;
declare const maxPoolGrad: (e: Emitter, node: NodeOf<"MaxPoolGrad">, [dy, x, y]: ReadonlyArray<Value>) => Value;
declare const avgPool: (e: Emitter, { attrs, type }: NodeOf<"AvgPool">, [x]: ReadonlyArray<Value>) => Value;
declare const avgPoolGrad: (e: Emitter, { attrs, type }: NodeOf<"AvgPoolGrad">, [dy]: ReadonlyArray<Value>) => Value;
export declare const windowRules: {
    MaxPool: typeof maxPool;
    MaxPoolGrad: typeof maxPoolGrad;
    AvgPool: typeof avgPool;
    AvgPoolGrad: typeof avgPoolGrad;
};
export {};
