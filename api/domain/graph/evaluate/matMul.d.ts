import { type Tensor } from "../../Tensor.ts";
export declare const transposed: (x: Float32Array, offset: number, rows: number, columns: number, out: Float32Array) => Float32Array;
export declare const dotRows: (a: Float32Array, aOffset: number, b: Float32Array, bOffset: number, out: Float32Array | Float64Array, outOffset: number, m: number, n: number, k: number, add?: boolean) => void;
export declare const matMul: (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean, shape: ReadonlyArray<number>) => Float32Array;
