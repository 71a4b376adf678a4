export type DType = "float32" | "int32" | "bool";
export type Shape = ReadonlyArray<number>;
export interface TensorType {
    readonly dtype: DType;
    readonly shape: Shape;
}
export type TensorData = Float32Array | Int32Array | Uint8Array;
export interface Tensor {
    readonly dtype: DType;
    readonly shape: Shape;
    readonly data: TensorData;
}
export declare const sizeOf: (shape: Shape) => number;
export declare const bytesPerElement: (dtype: DType) => number;
export declare const byteSizeOf: (type: TensorType) => number;
export declare const stridesOf: (shape: Shape) => Array<number>;
export declare const sameShape: (a: Shape, b: Shape) => boolean;
export declare const sameType: (a: TensorType, b: TensorType) => boolean;
export declare const allocate: (dtype: DType, length: number) => TensorData;
export declare const view: (dtype: DType, buffer: ArrayBufferLike, byteOffset: number, length: number) => TensorData;
export declare const dtypeOfData: (data: unknown) => DType | undefined;
export declare const make: (data: TensorData, shape: Shape) => Tensor;
export declare const printType: (type: TensorType) => string;
export declare const copyElements: (to: TensorData, from: TensorData) => void;
