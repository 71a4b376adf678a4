import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
import { SlotOptimizer, type Update } from "./SlotOptimizer.ts";
export interface AdamWOptions {
    readonly learningRate: LearningRate;
    readonly beta1?: number;
    readonly beta2?: number;
    readonly epsilon?: number;
    readonly weightDecay?: number;
    readonly decays?: (variable: string) => boolean;
}
export declare class AdamW extends SlotOptimizer {
    static readonly className = "AdamW";
    readonly options: Required<AdamWOptions>;
    constructor(options: AdamWOptions);
    protected update(variable: tf.Variable, gradient: tf.Tensor, { rate, number }: Update): void;
}
