import type * as tf from "@tensorflow/tfjs-core";
export type Gradients = {
    readonly [variable: string]: tf.Tensor;
};
