import * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
export type Layer = tfl.layers.Layer;
export interface LayerLog {
    readonly layers: Set<Layer>;
    readonly weights: Map<tf.Variable, tfl.LayerVariable>;
    readonly losses: Array<() => tf.Scalar>;
}
export declare const make: () => LayerLog;
export declare const current: () => LayerLog | undefined;
export declare const activate: (log: LayerLog | undefined) => LayerLog | undefined;
export declare const variableOf: (weight: tfl.LayerVariable) => tf.Variable | undefined;
export declare const frozen: (log: LayerLog | undefined) => ReadonlySet<tf.Variable>;
export declare const trainable: () => ReadonlyArray<tf.Variable>;
export declare const applyConstraints: (updated?: ReadonlySet<string>) => void;
