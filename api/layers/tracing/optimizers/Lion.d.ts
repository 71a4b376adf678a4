import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
import { SlotOptimizer, type Update } from "./SlotOptimizer.ts";
export interface LionOptions {
    readonly learningRate: LearningRate;
    readonly beta1?: number;
    readonly beta2?: number;
    readonly weightDecay?: number;
    readonly decays?: (variable: string) => boolean;
}
export declare class Lion extends SlotOptimizer {
    static readonly className = "Lion";
    readonly options: Required<LionOptions>;
    constructor(options: LionOptions);
    protected update(variable: tf.Variable, gradient: tf.Tensor, { rate }: Update): void;
}
