import type { DType, TensorType } from "../../../domain/Tensor.ts";
import type { Attributes, NodeDef, PartialShape } from "./GraphDef.ts";
export interface Variable {
    readonly leaf: string;
    readonly replica: number;
    readonly type: TensorType;
}
export declare const inGraph: (opOf: (node: string) => string) => (name: string) => string;
export declare const compiled: (xla: boolean) => Attributes;
export declare const graphNode: (name: string, op: string, inputs: ReadonlyArray<string>, attributes: NodeDef["attributes"]) => NodeDef;
export declare const placeholder: (name: string, type: DType, shape: PartialShape) => NodeDef;
export declare const variableNodes: ({ type: { dtype, shape } }: Variable, k: number) => ReadonlyArray<NodeDef>;
