import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import type { DType, Shape, TensorData } from "../../../../domain/Tensor.ts";
import { type Value } from "./Values.ts";
export interface Literals {
    readonly scalar: (dtype: DType, value: number) => string;
    readonly literal: (dtype: DType, shape: Shape, data: TensorData) => string;
}
export declare const literalRules: {
    Constant: (e: Literals, node: NodeOf<"Constant">) => Value;
    Fill: (e: Literals, node: NodeOf<"Fill">) => Value;
    Iota: (e: Literals, { type, attrs: { axis } }: NodeOf<"Iota">) => Value;
};
