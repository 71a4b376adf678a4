import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
import { SlotOptimizer, type Update } from "./SlotOptimizer.ts";
export interface SgdOptions {
    readonly learningRate: LearningRate;
    readonly momentum?: number;
    readonly nesterov?: boolean;
    readonly weightDecay?: number;
    readonly decays?: (variable: string) => boolean;
}
export declare class SGD extends SlotOptimizer {
    #private;
    static readonly className = "SGD";
    readonly options: Required<SgdOptions>;
    constructor(options: SgdOptions);
    protected update(variable: tf.Variable, gradient: tf.Tensor, { rate }: Update): void;
}
