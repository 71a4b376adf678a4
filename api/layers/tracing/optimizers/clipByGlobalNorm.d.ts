import * as tf from "@tensorflow/tfjs-core";
import type { Gradients } from "./Gradients.ts";
export declare const clipByGlobalNorm: (gradients: Gradients, maxNorm: number) => {
    readonly gradients: Gradients;
    readonly globalNorm: tf.Scalar;
};
