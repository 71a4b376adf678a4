import * as tf from "@tensorflow/tfjs-core";
import type { GradientTransform } from "./optimizers/Clip.ts";
import type { Gradients } from "./optimizers/Gradients.ts";
export { clipByGlobalNorm } from "./optimizers/clipByGlobalNorm.ts";
export type { Gradients };
export type LossResult = tf.Tensor | {
    readonly loss: tf.Tensor;
};
export interface CrossReplicaOptions {
    readonly reduction?: "mean" | "sum";
    readonly transform?: GradientTransform;
    readonly transformReplica?: GradientTransform;
    readonly weight?: tf.Tensor;
}
export declare const valueAndGrads: <R extends LossResult>(f: () => R, variables?: ReadonlyArray<tf.Variable>) => {
    readonly value: R;
    readonly gradients: Gradients;
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
