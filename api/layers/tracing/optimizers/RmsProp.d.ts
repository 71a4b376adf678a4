import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
import { SlotOptimizer, type Update } from "./SlotOptimizer.ts";
export interface RmsPropOptions {
    readonly learningRate: LearningRate;
    readonly decay?: number;
    readonly momentum?: number;
    readonly epsilon?: number;
    readonly centered?: boolean;
}
export declare class RMSProp extends SlotOptimizer {
    #private;
    static readonly className = "RMSProp";
    readonly options: Required<RmsPropOptions>;
    constructor(options: RmsPropOptions);
    protected update(variable: tf.Variable, gradient: tf.Tensor, { rate }: Update): void;
}
