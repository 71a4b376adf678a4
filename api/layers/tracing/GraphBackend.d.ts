import * as tf from "@tensorflow/tfjs-core";
import type { Kernel } from "./kernels/kernel.ts";
export declare const backendName = "effect-estimator";
export interface RegisteredKernel extends Kernel {
    readonly graph: boolean;
}
export type KernelResult = tf.TensorInfo | Array<tf.TensorInfo>;
export declare abstract class GraphBackend extends tf.KernelBackend {
    abstract runKernel(kernel: RegisteredKernel, inputs: object, attrs: object): KernelResult;
}
