import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
export type GivenGradients = Parameters<tf.Optimizer["applyGradients"]>[0];
export declare const gradientsOf: (given: GivenGradients) => ReadonlyArray<readonly [name: string, gradient: tf.Tensor]>;
export declare const variableNamed: (name: string) => tf.Variable;
export interface Slot {
    readonly originalName: string;
    readonly variable: tf.Variable;
}
export declare class Slots {
    #private;
    readonly all: Array<Slot>;
    readonly get: (name: string, kind: string, shape: ReadonlyArray<number>) => tf.Variable;
}
export declare const makeCount: () => tf.Variable;
export declare const oneMore: (count: tf.Tensor) => tf.Tensor;
export interface Update {
    readonly rate: tf.Scalar;
    readonly number: tf.Scalar;
}
export declare const biasCorrection: (beta: number, n: tf.Scalar) => tf.Scalar;
export declare const movingAverage: (average: tf.Tensor, x: tf.Tensor, decay: number) => tf.Tensor;
export declare const checkRange: (optimizer: string, options: {
    readonly [name: string]: number;
}, low: number, high: number) => void;
export declare const checkPositive: (owner: string, options: {
    readonly [name: string]: number;
}) => void;
export declare abstract class SlotOptimizer extends tf.Optimizer {
    #private;
    readonly iteration: tf.Variable<tf.Rank>;
    readonly slots: ReadonlyArray<Slot>;
    protected readonly learningRate: LearningRate;
    constructor(learningRate: LearningRate);
    protected abstract update(variable: tf.Variable, gradient: tf.Tensor, update: Update): void;
    protected slot(variable: tf.Variable, kind: string, shape?: ReadonlyArray<number>): tf.Variable;
    applyGradients(given: GivenGradients): void;
    dispose(): void;
    getConfig(): {
        learningRate: number | string;
    };
}
