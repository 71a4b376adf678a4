import type * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import type { RandomSource } from "../../../domain/Model.ts";
import type { Patch } from "../patch.ts";
import { type LayerLog } from "./LayerLog.ts";
export interface Host {
    readonly initialise: (variable: tf.Variable, value: tf.Tensor) => boolean;
    readonly carry: (layer: tfl.RNN, index: number, zero: tf.Tensor) => tf.Tensor;
}
export declare const layerPatches: (log: LayerLog, random: RandomSource, host?: Host) => ReadonlyArray<Patch>;
