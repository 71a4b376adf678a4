import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import { type Emitter, type Precision, type Value } from "./Emitter.ts";
export declare const productPrecision: (e: Emitter, operands: ReadonlyArray<Value>, exact: boolean) => Precision;
export declare const factor: (e: Emitter, x: Value, precision: Precision) => Value;
declare const matMul: (e: Emitter, node: NodeOf<"MatMul">, x: ReadonlyArray<Value>) => Value;
export declare const productRules: {
    MatMul: typeof matMul;
};
export {};
