import { type Tensor, type TensorData, type TensorType } from "../Tensor.ts";
import { type OpAttrs, type OpName } from "./ops.ts";
export type LocalOp = Exclude<OpName, "Parameter" | "CrossReplicaSum">;
export type EvaluateRule<K extends OpName> = (inputs: ReadonlyArray<Tensor>, attrs: OpAttrs[K], type: TensorType, replica: number) => TensorData;
export declare const evaluateRules: {
    readonly [K in LocalOp]: EvaluateRule<K>;
};
