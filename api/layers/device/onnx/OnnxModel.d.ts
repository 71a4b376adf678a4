import type { DType, Shape } from "../../../domain/Tensor.ts";
export declare const elementTypes: {
    readonly float32: 1;
    readonly uint8: 2;
    readonly int32: 6;
    readonly int64: 7;
    readonly bool: 9;
    readonly float16: 10;
    readonly float64: 11;
    readonly bfloat16: 16;
};
export type ElementType = keyof typeof elementTypes;
export type Attribute = number | string | ReadonlyArray<number> | {
    readonly float: number;
};
export interface OnnxNode {
    readonly op: string;
    readonly name: string;
    readonly domain: string;
    readonly inputs: ReadonlyArray<string>;
    readonly outputs: ReadonlyArray<string>;
    readonly attributes: {
        readonly [name: string]: Attribute;
    };
}
export interface Initializer {
    readonly name: string;
    readonly type: ElementType;
    readonly shape: Shape;
    readonly data: Uint8Array;
    readonly external?: {
        readonly location: string;
        readonly offset: number;
    } | undefined;
}
export interface Port {
    readonly name: string;
    readonly type: DType;
    readonly shape: Shape;
}
export interface OnnxModel {
    readonly nodes: ReadonlyArray<OnnxNode>;
    readonly initializers: ReadonlyArray<Initializer>;
    readonly inputs: ReadonlyArray<Port>;
    readonly outputs: ReadonlyArray<Port>;
    readonly metadata?: {
        readonly [name: string]: string;
    };
}
export declare const rowsName = "batch";
export declare const encode: (model: OnnxModel) => Uint8Array<ArrayBuffer>;
