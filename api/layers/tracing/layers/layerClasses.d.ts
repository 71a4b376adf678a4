import * as tf from "@tensorflow/tfjs-core";
export type Inputs = tf.Tensor | Array<tf.Tensor>;
export type Kwargs = {
    readonly [name: string]: unknown;
};
interface LayerClass {
    readonly prototype: {
        readonly call: (inputs: Inputs, kwargs: Kwargs) => Inputs;
    };
}
export declare const classOf: (className: string) => LayerClass;
export declare const exactlyOne: (inputs: Inputs) => tf.Tensor;
export {};
