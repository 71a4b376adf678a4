import * as tf from "@tensorflow/tfjs-core";
export type Gradients = {
    readonly [variable: string]: tf.Tensor;
};
export type LossResult = tf.Tensor | {
    readonly loss: tf.Tensor;
};
export interface CrossReplicaOptions {
    readonly reduction?: "mean" | "sum";
    readonly transform?: (gradients: Gradients) => Gradients;
}
export declare const valueAndGrads: <R extends LossResult>(f: () => R, variables?: ReadonlyArray<tf.Variable>) => {
    readonly value: R;
    readonly gradients: Gradients;
};
export declare const clipByGlobalNorm: (gradients: Gradients, maxNorm: number) => {
    readonly gradients: Gradients;
    readonly globalNorm: tf.Scalar;
};
export declare class CrossReplicaOptimizer {
    #private;
    readonly optimizer: tf.Optimizer;
    constructor(optimizer: tf.Optimizer, options?: CrossReplicaOptions);
    readonly minimize: <R extends LossResult>(f: () => R, _returnCost?: boolean, variables?: ReadonlyArray<tf.Variable>) => R;
    readonly computeGradients: <R extends LossResult>(f: () => R, variables?: ReadonlyArray<tf.Variable>) => {
        readonly value: R;
        readonly gradients: Gradients;
    };
    readonly applyGradients: (gradients: Gradients) => void;
}
export declare const crossReplicaOptimizer: (optimizer: tf.Optimizer, options?: CrossReplicaOptions) => CrossReplicaOptimizer;
export declare const minimize: <R extends LossResult>(optimizer: tf.Optimizer, f: () => R, options?: CrossReplicaOptions) => R;
