import type { Graph, Node, NodeId } from "../../../../domain/graph/Graph.ts";
import { type DType, type Shape, type TensorData } from "../../../../domain/Tensor.ts";
import type { Attribute, Initializer, OnnxNode, Port } from "../OnnxModel.ts";
export interface Value {
    readonly name: string;
    readonly shape: Shape;
}
interface EmitOptions {
    readonly attributes?: {
        readonly [name: string]: Attribute;
    };
    readonly domain?: string;
    readonly outputs?: number;
}
export declare class Emitter {
    #private;
    readonly graph: Graph;
    readonly uses: Int32Array;
    readonly nodes: Array<OnnxNode>;
    readonly initializers: Array<Initializer>;
    readonly inputs: Array<Port>;
    label: string;
    readonly channelBlock: number;
    readonly portable: boolean;
    constructor(graph: Graph, channelBlock?: number, portable?: boolean);
    at(id: NodeId): Node;
    set(id: NodeId, value: Value): void;
    has(id: NodeId): boolean;
    value(id: NodeId): Value;
    full(id: NodeId): string;
    expand(value: Value, shape: Shape): string;
    emitAll(op: string, inputs: ReadonlyArray<string>, { attributes, domain, outputs }?: EmitOptions): ReadonlyArray<string>;
    emit(op: string, inputs: ReadonlyArray<string>, attributes?: {
        readonly [name: string]: Attribute;
    }, domain?: string): string;
    retract(name: string): OnnxNode;
    emitUnshared(op: string, inputs: ReadonlyArray<string>): string;
    input(type: DType, shape: Shape): string;
    int64(values: ReadonlyArray<number> | number): string;
    scalar(dtype: DType, value: number): string;
    literal(dtype: DType, shape: Shape, data: TensorData): string;
    ones(n: number): string;
    reshape(name: string, shape: Shape): string;
    transpose(name: string, perm: ReadonlyArray<number>): string;
}
export declare const isSingle: (value: Value) => boolean;
export declare const whole: (name: string, node: Node) => Value;
export {};
