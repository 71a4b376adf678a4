import type { Shape } from "../../../domain/Tensor.ts";
import { Writer } from "../../../domain/Protobuf.ts";
export declare const dataTypes: {
    readonly float32: 1;
    readonly float64: 2;
    readonly int32: 3;
    readonly string: 7;
    readonly int64: 9;
    readonly bool: 10;
    readonly bfloat16: 14;
    readonly float16: 19;
    readonly resource: 20;
};
export type DataType = keyof typeof dataTypes;
export type PartialShape = Shape;
export interface Literal {
    readonly type: DataType;
    readonly shape: Shape;
    readonly data: Uint8Array;
}
export type Attribute = {
    readonly type: DataType;
} | {
    readonly types: ReadonlyArray<DataType>;
} | {
    readonly bool: boolean;
} | {
    readonly int: number;
} | {
    readonly ints: ReadonlyArray<number>;
} | {
    readonly text: string;
} | {
    readonly shape: PartialShape;
} | {
    readonly shapes: ReadonlyArray<PartialShape>;
} | {
    readonly function: string;
} | {
    readonly literal: Literal;
} | {
    readonly texts: ReadonlyArray<string>;
};
export type Attributes = {
    readonly [name: string]: Attribute;
};
export interface NodeDef {
    readonly name: string;
    readonly op: string;
    readonly inputs: ReadonlyArray<string>;
    readonly attributes: Attributes;
}
export interface Argument {
    readonly name: string;
    readonly type: DataType;
}
export interface FunctionDef {
    readonly name: string;
    readonly arguments: ReadonlyArray<Argument>;
    readonly results: ReadonlyArray<Argument & {
        readonly value: string;
    }>;
    readonly nodes: ReadonlyArray<NodeDef>;
    readonly attributes: Attributes;
}
export interface GraphDef {
    readonly nodes: ReadonlyArray<NodeDef>;
    readonly functions: ReadonlyArray<FunctionDef>;
}
export declare const shapeOf: (shape: PartialShape) => Writer;
export declare const graphMessage: ({ nodes, functions }: GraphDef) => Writer;
export declare const encodeSavedModel: (definition: GraphDef) => Uint8Array<ArrayBuffer>;
