import * as tf from "@tensorflow/tfjs-core";
import type { EstimatorSpec, EvalMetric, ExportOutput, HostCall } from "../../domain/Model.ts";
import { type TensorType } from "../../domain/Tensor.ts";
export type Tensors = {
    readonly [name: string]: tf.Tensor;
};
export declare const invalid: (detail: string) => import("../../domain/Errors.ts").TraceError;
export declare const typeOf: (x: tf.Tensor) => TensorType;
export declare const described: (x: unknown) => string;
export declare const checkTensor: (x: unknown, what: string) => asserts x is tf.Tensor;
export declare const checkKeys: (spec: object) => void;
export declare const metricsOf: <E, R>({ evalMetrics }: EstimatorSpec<E, R>) => ReadonlyArray<readonly [name: string, metric: EvalMetric<E, R>]>;
export declare const hostCallOf: <E, R>({ hostCall }: EstimatorSpec<E, R>) => Required<HostCall<E, R>> | undefined;
export declare const predictionsOf: ({ predictions }: EstimatorSpec<unknown, unknown>) => Tensors;
export interface ExportForm {
    readonly name: string;
    readonly kind: ExportOutput["kind"];
    readonly outputs: Tensors;
}
export declare const exportsOf: ({ exportOutputs }: EstimatorSpec<unknown, unknown>) => ReadonlyArray<ExportForm>;
