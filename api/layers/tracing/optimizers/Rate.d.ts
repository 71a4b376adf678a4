import * as tf from "@tensorflow/tfjs-core";
import type { Schedule } from "../schedules/Schedule.ts";
export type LearningRate = number | Schedule | tf.Scalar;
export declare const checkRate: (optimizer: string, rate: LearningRate) => void;
export declare const optionsFor: <O extends object>(optimizer: string, options: O) => O;
export declare const rateAt: (rate: LearningRate, updates: tf.Tensor) => tf.Scalar;
export declare const rateConfig: (rate: LearningRate) => number | string;
