import * as Result from "effect/Result";
import { type Shape, type TensorType } from "../Tensor.ts";
import { type OpAttrs, type OpName } from "./ops.ts";
export type TypeRule<K extends OpName> = (inputs: ReadonlyArray<TensorType>, attrs: OpAttrs[K]) => TensorType;
export type TypeRules = {
    readonly [K in OpName]: TypeRule<K>;
};
type Inputs = ReadonlyArray<TensorType>;
export declare const broadcastsTo: (from: Shape, to: Shape) => boolean;
export declare const typeRules: TypeRules;
export declare const inferType: <K extends OpName>(op: K, inputs: Inputs, attrs: OpAttrs[K]) => Result.Result<TensorType, string>;
export {};
