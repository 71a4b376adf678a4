import * as tf from "@tensorflow/tfjs-core";
import { type Gradients } from "./gradient.ts";
export declare const windowsCorrected: (theirs: (kernelName: string) => tf.GradConfig) => Gradients;
export declare const windowsLacking: Gradients;
