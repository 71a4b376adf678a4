import type { Metric } from "../Model.ts";
import type { Tensor } from "../Tensor.ts";
export interface MetricBatch {
    readonly [name: string]: Tensor;
}
export declare const tensorOf: (batch: MetricBatch, name: string) => Tensor;
export declare const weightsOf: (batch: MetricBatch, weights: string | undefined, length: number) => ((i: number) => number);
export declare const make: (values: (batch: MetricBatch) => ArrayLike<number>, weights: string | undefined, result?: (mean: number) => number) => Metric;
