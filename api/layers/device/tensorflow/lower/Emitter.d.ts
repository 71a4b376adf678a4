import type { Graph, Node } from "../../../../domain/graph/Graph.ts";
import { type DType, type Shape, type TensorData, type TensorType } from "../../../../domain/Tensor.ts";
import { type Value, Values } from "../../hosted/lower/Values.ts";
import type { Attributes, DataType, NodeDef } from "../GraphDef.ts";
export interface Check {
    readonly node: Node;
    readonly holds: string;
}
export declare const failureOf: ({ node }: Check) => string;
export declare class Emitter extends Values {
    #private;
    readonly xla: boolean;
    readonly nodes: Array<NodeDef>;
    readonly checks: Array<Check>;
    constructor(graph: Graph, xla: boolean);
    protected repeat(value: Value, { dtype, shape }: TensorType): string;
    expand(value: Value, type: DataType, shape: Shape): string;
    node(op: string, inputs: ReadonlyArray<string>, attributes: Attributes, control?: ReadonlyArray<string>): string;
    emit(op: string, inputs: ReadonlyArray<string>, attributes: Attributes, control?: ReadonlyArray<string>): string;
    result(op: string, node: string, index?: number): string;
    ints(values: ReadonlyArray<number> | number): string;
    scalar(type: DType | "float64" | "int64", value: number): string;
    literal(dtype: DType, shape: Shape, data: TensorData): string;
    reshape(name: string, type: DataType, shape: Shape): string;
    transpose(name: string, type: DataType, perm: ReadonlyArray<number>): string;
    cast(name: string, from: DataType, to: DataType): string;
    of(op: string, type: DataType, ...inputs: ReadonlyArray<string>): string;
}
