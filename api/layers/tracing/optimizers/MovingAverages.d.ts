import * as tf from "@tensorflow/tfjs-core";
import type { VariableScope } from "../../../domain/Model.ts";
import type { Mode } from "../../../domain/Program.ts";
export interface MovingAveragesOptions {
    readonly variables: VariableScope;
    readonly mode: Mode;
    readonly decay: number;
    readonly numUpdates?: tf.Tensor | "own";
}
export declare class MovingAverages {
    #private;
    readonly variables: VariableScope;
    constructor(options: MovingAveragesOptions);
    readonly averageOf: (variable: tf.Variable) => tf.Variable;
    readonly update: (list?: ReadonlyArray<tf.Variable>) => void;
    readonly swap: <A>(list: ReadonlyArray<tf.Variable>, f: () => A) => A;
}
export declare const withAverages: (optimizer: tf.Optimizer, averages: MovingAverages) => tf.Optimizer;
