import * as tf from "@tensorflow/tfjs-core";
import { type Gradients } from "./gradient.ts";
export declare const complexLacking: Gradients;
export declare const complexCorrected: (theirs: (kernelName: string) => tf.GradConfig) => Gradients;
