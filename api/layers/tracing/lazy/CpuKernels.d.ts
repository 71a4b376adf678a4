import type * as Cpu from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
export type Values = tf.backend_util.TypedArray | Array<Uint8Array> | {
    readonly real: Float32Array;
    readonly imag: Float32Array;
};
export interface Operand {
    readonly dtype: tf.DataType;
    readonly shape: ReadonlyArray<number>;
    readonly values: Values;
}
export type Operands = {
    readonly [name: string]: Operand | ReadonlyArray<Operand> | undefined;
} | ReadonlyArray<Operand>;
export interface CpuKernels {
    readonly run: (kernel: string, operands: Operands, attrs: object) => {
        readonly results: ReadonlyArray<Operand>;
        readonly single: boolean;
    };
}
export declare const missing: CpuKernels;
export declare const make: (cpu: Cpu.MathBackendCPU) => CpuKernels;
export declare const load: () => Promise<CpuKernels>;
