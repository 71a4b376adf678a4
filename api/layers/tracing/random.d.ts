import * as tf from "@tensorflow/tfjs-core";
import type { RandomSource } from "../../domain/Model.ts";
import type { RandomOp } from "../../domain/graph/ops.ts";
import { type Shape } from "../../domain/Tensor.ts";
export declare const fromDraws: (draw: (op: RandomOp, shape: Shape) => tf.Tensor) => RandomSource;
export declare const recordedRandom: (next: () => number) => RandomSource;
export declare const makeEagerRandom: (seed: number, { step, replica, firstDraw }?: {
    firstDraw?: number | undefined;
    replica?: number | undefined;
    step?: number | undefined;
}) => RandomSource;
export declare const firstDrawOf: (name: string, taken: Set<number>) => number;
