import { type DType, type Shape, type TensorType } from "../Tensor.ts";
export declare class TypeRefusal extends Error {
}
export declare const refuse: (expected: string, came: string) => never;
export declare const printTypes: (types: ReadonlyArray<TensorType>) => string;
export declare const arity: (inputs: ReadonlyArray<TensorType>, n: number) => void;
export declare const dtypeIn: (type: TensorType, dtypes: ReadonlyArray<DType>, what?: string) => void;
export declare const rankIs: (type: TensorType, rank: number, what?: string) => void;
export declare const equalShapes: (inputs: ReadonlyArray<TensorType>) => void;
export declare const equalDTypes: (inputs: ReadonlyArray<TensorType>) => void;
export declare const typeIs: (type: TensorType, expected: TensorType, what: string) => void;
export declare const isShape: (shape: Shape) => void;
export declare const axisOf: (type: TensorType, axis: number) => void;
export declare const axesOf: (type: TensorType, axes: ReadonlyArray<number>) => void;
export declare const onePerAxis: (type: TensorType, entries: ReadonlyArray<unknown>, what: string) => void;
export declare const atLeast: (value: number, min: number, what: string) => void;
