import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
import { SlotOptimizer, type Update } from "./SlotOptimizer.ts";
export interface AdadeltaOptions {
    readonly learningRate?: LearningRate;
    readonly rho?: number;
    readonly epsilon?: number;
}
export declare class Adadelta extends SlotOptimizer {
    static readonly className = "Adadelta";
    readonly options: Required<AdadeltaOptions>;
    constructor(options?: AdadeltaOptions);
    protected update(variable: tf.Variable, gradient: tf.Tensor, { rate }: Update): void;
}
