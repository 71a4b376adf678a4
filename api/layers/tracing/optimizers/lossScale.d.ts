import * as tf from "@tensorflow/tfjs-core";
import { type GivenGradients } from "./SlotOptimizer.ts";
import { Wrapper } from "./Wrapper.ts";
export interface LossScaleOptions {
    readonly initial?: number;
    readonly growthSteps?: number;
}
export declare class LossScale extends Wrapper {
    #private;
    static readonly className = "LossScale";
    readonly scale: tf.Variable;
    readonly steps: tf.Variable<tf.Rank>;
    constructor(inner: tf.Optimizer, initial: number, growthSteps: number);
    get lossScale(): tf.Variable;
    applyGradients(given: GivenGradients): void;
    dispose(): void;
}
export declare const lossScale: (optimizer: tf.Optimizer, { growthSteps, initial }?: LossScaleOptions) => tf.Optimizer;
