import * as tf from "@tensorflow/tfjs-core";
import type { GivenGradients } from "./SlotOptimizer.ts";
export declare const optimizerFor: (owner: string, given: tf.Optimizer) => tf.Optimizer;
export declare abstract class Wrapper extends tf.Optimizer {
    readonly inner: tf.Optimizer;
    constructor(inner: tf.Optimizer);
    get lossScale(): tf.Variable | undefined;
    computeGradients(f: () => tf.Scalar, variables?: Array<tf.Variable>): {
        value: tf.Scalar;
        grads: tf.NamedTensorMap;
    };
    protected forward(gradients: {
        [variable: string]: tf.Tensor;
    }): void;
    abstract applyGradients(given: GivenGradients): void;
    dispose(): void;
    getConfig(): {
        optimizer: string;
    };
}
