import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Emitter, type Value } from "./Emitter.ts";
declare const gather: (e: Emitter, node: NodeOf<"Gather">, [x, indices]: ReadonlyArray<Value>) => Value;
declare const segmentSum: (e: Emitter, node: NodeOf<"SegmentSum">, [x, ids]: ReadonlyArray<Value>) => Value;
declare const oneHot: (e: Emitter, node: NodeOf<"OneHot">, [indices]: ReadonlyArray<Value>) => Value;
declare const cumSum: (e: Emitter, node: NodeOf<"CumSum">, [x]: ReadonlyArray<Value>) => Value;
export declare const indexedRules: {
    Gather: typeof gather;
    SegmentSum: typeof segmentSum;
    OneHot: typeof oneHot;
    ArgMax: (e: Emitter, node: NodeOf<"ArgMax"> | NodeOf<"ArgMin">, [x]: ReadonlyArray<Value>) => Value;
    ArgMin: (e: Emitter, node: NodeOf<"ArgMax"> | NodeOf<"ArgMin">, [x]: ReadonlyArray<Value>) => Value;
    TopKValues: (e: Emitter, { type }: NodeOf<"TopKValues">, [x]: readonly Value[]) => Value;
    TopKIndices: (e: Emitter, { type }: NodeOf<"TopKIndices">, [x]: readonly Value[]) => Value;
    CumSum: typeof cumSum;
};
export {};
