import * as tf from "@tensorflow/tfjs-core";
export type Gradient = Omit<tf.GradConfig, "kernelName">;
export type Gradients = {
    readonly [kernelName: string]: Gradient;
};
export declare const attrsOf: <A extends object>(attrs: tf.NamedAttrMap) => A;
export declare const single: (dy: tf.Tensor | Array<tf.Tensor>) => tf.Tensor;
export declare const zeros: (x: tf.Tensor | undefined) => () => tf.Tensor<tf.Rank>;
export declare const unbroadcast: (dy: tf.Tensor, shape: ReadonlyArray<number>) => tf.Tensor;
export declare const int32: (values: Iterable<number>, shape: ReadonlyArray<number>) => tf.Tensor;
export declare const pullback: (f: () => ReadonlyArray<tf.Tensor>, xs: ReadonlyArray<tf.Tensor>, dys: ReadonlyArray<tf.Tensor>) => ReadonlyArray<tf.Tensor | undefined>;
