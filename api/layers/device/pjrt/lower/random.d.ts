import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import type { RandomOp } from "../../../../domain/graph/ops.ts";
import { Emitter, type Value } from "./Emitter.ts";
declare const random: (e: Emitter, node: NodeOf<RandomOp>, [key]: ReadonlyArray<Value>) => Value;
export declare const randomRules: {
    ReplicaId: (e: Emitter) => Value;
    RandomUniform: typeof random;
    RandomNormal: typeof random;
    RandomTruncatedNormal: typeof random;
};
export {};
