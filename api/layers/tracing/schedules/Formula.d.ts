import * as tf from "@tensorflow/tfjs-core";
export interface Arithmetic<F, I> {
    readonly number: (value: number) => F;
    readonly real: (step: I) => F;
    readonly shift: (step: I, by: number) => I;
    readonly atMost: (step: I, limit: number) => I;
    readonly atLeast: (step: I, limit: number) => I;
    readonly times: (step: I, length: number) => I;
    readonly minus: (a: I, b: I) => I;
    readonly scaled: (step: I, by: number) => I;
    readonly add: (a: F, b: F) => F;
    readonly sub: (a: F, b: F) => F;
    readonly mul: (a: F, b: F) => F;
    readonly div: (a: F, b: F) => F;
    readonly min: (a: F, b: F) => F;
    readonly pow: (a: F, b: F) => F;
    readonly sqrt: (a: F) => F;
    readonly cos: (a: F) => F;
    readonly before: (step: I, boundary: number, then: F, otherwise: F) => F;
    readonly piece: (step: I, boundaries: ReadonlyArray<number>, values: ReadonlyArray<number>) => F;
    readonly wholePiece: (step: I, boundaries: ReadonlyArray<number>, values: ReadonlyArray<number>) => I;
}
export type Formula = <F, I>(on: Arithmetic<F, I>, step: I) => F;
export declare const onNumbers: Arithmetic<number, number>;
export declare const onTensors: Arithmetic<tf.Scalar, tf.Scalar>;
export declare const stepOf: (step: tf.Tensor) => tf.Scalar;
