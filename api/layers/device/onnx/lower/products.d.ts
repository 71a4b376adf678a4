import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Value } from "../../hosted/lower/Values.ts";
import type { Emitter } from "./Emitter.ts";
import type { Rule } from "./rule.ts";
declare const matMul: (e: Emitter, node: NodeOf<"MatMul">) => Value;
export declare const productRules: {
    Add: Rule<"Add">;
    ReduceSum: Rule<"ReduceSum">;
    ReduceMean: Rule<"ReduceMean">;
    MatMul: typeof matMul;
    Softmax: (e: Emitter, node: NodeOf<"Softmax">) => Value;
    LogSoftmax: (e: Emitter, node: NodeOf<"LogSoftmax">) => Value;
};
export {};
