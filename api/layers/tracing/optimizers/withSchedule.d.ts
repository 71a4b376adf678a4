import * as tf from "@tensorflow/tfjs-core";
import { type LearningRate } from "./Rate.ts";
export declare const withSchedule: (optimizer: tf.Optimizer, rate: LearningRate) => tf.Optimizer;
