import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
import { SlotOptimizer, type Update } from "./SlotOptimizer.ts";
export interface AdafactorOptions {
    readonly learningRate?: LearningRate;
    readonly relativeStep?: boolean;
    readonly scaleParameter?: boolean;
    readonly beta1?: number;
    readonly decayPower?: number;
    readonly clipThreshold?: number;
    readonly epsilon1?: number;
    readonly epsilon2?: number;
    readonly minFactored?: number;
    readonly weightDecay?: number;
    readonly decays?: (variable: string) => boolean;
}
export declare class Adafactor extends SlotOptimizer {
    #private;
    static readonly className = "Adafactor";
    readonly options: Required<AdafactorOptions>;
    constructor(options?: AdafactorOptions);
    protected update(variable: tf.Variable, gradient: tf.Tensor, { rate, number }: Update): void;
}
