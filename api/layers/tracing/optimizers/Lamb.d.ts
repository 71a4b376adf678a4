import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
import { SlotOptimizer, type Update } from "./SlotOptimizer.ts";
export interface LambOptions {
    readonly learningRate: LearningRate;
    readonly beta1?: number;
    readonly beta2?: number;
    readonly epsilon?: number;
    readonly weightDecay?: number;
    readonly decays?: (variable: string) => boolean;
    readonly adapts?: (variable: string) => boolean;
}
export declare class LAMB extends SlotOptimizer {
    static readonly className = "LAMB";
    readonly options: Required<LambOptions>;
    constructor(options: LambOptions);
    protected update(variable: tf.Variable, gradient: tf.Tensor, { rate, number }: Update): void;
}
