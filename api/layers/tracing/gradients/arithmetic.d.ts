import * as tf from "@tensorflow/tfjs-core";
import { type Gradients } from "./gradient.ts";
export declare const arithmeticLacking: Gradients;
export declare const arithmeticCorrected: (theirs: (kernelName: string) => tf.GradConfig) => Gradients;
