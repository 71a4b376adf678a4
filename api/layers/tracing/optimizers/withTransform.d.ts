import * as tf from "@tensorflow/tfjs-core";
import type { GradientTransform } from "./Clip.ts";
export declare const withTransform: (optimizer: tf.Optimizer, transform: GradientTransform) => tf.Optimizer;
