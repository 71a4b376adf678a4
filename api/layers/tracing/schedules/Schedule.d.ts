import * as tf from "@tensorflow/tfjs-core";
import { type Formula } from "./Formula.ts";
export interface Schedule {
    readonly formula: Formula;
    readonly at: (step: number) => number;
    readonly tensor: (step: tf.Tensor) => tf.Scalar;
}
export declare const make: (formula: Formula) => Schedule;
export declare const lastStep: number;
export declare const check: (holds: boolean, schedule: string, expected: string, got: unknown) => void;
export declare const checkSteps: (schedule: string, name: string, steps: number) => void;
export declare const checkNumbers: (schedule: string, numbers: {
    readonly [name: string]: number;
}) => void;
