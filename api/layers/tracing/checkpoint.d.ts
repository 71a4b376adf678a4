import * as tf from "@tensorflow/tfjs-core";
export declare const checkpoint: <A extends ReadonlyArray<tf.Tensor>, B extends tf.Tensor | Array<tf.Tensor>>(f: (...xs: A) => B) => ((...xs: A) => B);
