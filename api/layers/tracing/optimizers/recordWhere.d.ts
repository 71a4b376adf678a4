import * as tf from "@tensorflow/tfjs-core";
import type { Recording } from "../Recording.ts";
export declare const recordWhere: (recording: Recording, due: tf.Tensor, f: () => void) => void;
