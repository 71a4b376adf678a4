import type { Graph } from "../../../../domain/graph/Graph.ts";
import { type DType, type Shape, type TensorData, type TensorType } from "../../../../domain/Tensor.ts";
import { type Value, Values } from "../../hosted/lower/Values.ts";
import type { Initializer, OnnxNode, Port } from "../OnnxModel.ts";
type Attributes = OnnxNode["attributes"];
interface EmitOptions {
    readonly attributes?: Attributes;
    readonly domain?: string;
    readonly outputs?: number;
}
export declare class Emitter extends Values {
    #private;
    readonly uses: Int32Array;
    readonly nodes: Array<OnnxNode>;
    readonly initializers: Array<Initializer>;
    readonly inputs: Array<Port>;
    label: string;
    readonly portable: boolean;
    constructor(graph: Graph, channelBlock?: () => number, portable?: boolean);
    get channelBlock(): number;
    protected repeat(value: Value, { shape }: TensorType): string;
    expand(value: Value, shape: Shape): string;
    emitAll(op: string, inputs: ReadonlyArray<string>, { attributes, domain, outputs }?: EmitOptions): ReadonlyArray<string>;
    emit(op: string, inputs: ReadonlyArray<string>, attributes?: Attributes, domain?: string): string;
    emitUnshared(op: string, inputs: ReadonlyArray<string>): string;
    makerOf(name: string): OnnxNode | undefined;
    input(type: DType, shape: Shape): string;
    int64(values: ReadonlyArray<number> | number): string;
    scalar(dtype: DType, value: number): string;
    literal(dtype: DType, shape: Shape, data: TensorData): string;
    ones(n: number): string;
    reshape(name: string, shape: Shape): string;
    transpose(name: string, perm: ReadonlyArray<number>): string;
}
export {};
