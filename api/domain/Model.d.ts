import type { Scalar, Tensor as TfTensor, Variable } from "@tensorflow/tfjs-core";
import type { Mode } from "./Program.ts";
import type { DType, Shape, Tensor } from "./Tensor.ts";
export type Nest<T> = T | ReadonlyArray<Nest<T>> | {
    readonly [key: string]: Nest<T>;
};
export type Initializer = (shape: Shape, dtype: DType, random: RandomSource) => TfTensor;
export interface RandomSource {
    readonly uniform: (shape: Shape, minval?: number, maxval?: number) => TfTensor;
    readonly normal: (shape: Shape, mean?: number, stddev?: number) => TfTensor;
    readonly truncatedNormal: (shape: Shape, mean?: number, stddev?: number) => TfTensor;
    readonly dropout: (x: TfTensor, rate: number) => TfTensor;
}
export interface VariableOptions {
    readonly initializer?: Initializer;
    readonly trainable?: boolean;
    readonly dtype?: DType;
}
export interface VariableScope {
    readonly get: (name: string, shape: Shape, options?: VariableOptions) => Variable;
    readonly scope: (name: string) => VariableScope;
    readonly trainable: () => ReadonlyArray<Variable>;
}
export interface ModelInput<P> {
    readonly features: FeatureNest;
    readonly labels: FeatureNest;
    readonly mode: Mode;
    readonly params: P;
    readonly cache: ReadonlyArray<TfTensor>;
    readonly random: RandomSource;
    readonly variables: VariableScope;
    readonly valid: TfTensor;
    readonly globalStep: Scalar;
    readonly replicas: number;
    readonly batchSize: number;
}
export type FeatureNest = TfTensor & {
    readonly [key: string]: TfTensor;
} & ReadonlyArray<TfTensor>;
export interface EstimatorSpec {
    readonly loss?: TfTensor;
    readonly predictions?: {
        readonly [name: string]: TfTensor;
    };
    readonly cache?: ReadonlyArray<TfTensor>;
    readonly evalMetrics?: {
        readonly [name: string]: EvalMetric;
    };
    readonly hostCall?: HostCall;
}
export interface EvalMetric {
    readonly tensors: {
        readonly [name: string]: TfTensor;
    };
    readonly metric: Metric;
}
export interface Metric {
    readonly initial: ReadonlyArray<number>;
    readonly update: (state: ReadonlyArray<number>, batch: {
        readonly [name: string]: Tensor;
    }) => ReadonlyArray<number>;
    readonly result: (state: ReadonlyArray<number>) => number;
}
export interface HostCall {
    readonly tensors: {
        readonly [name: string]: TfTensor;
    };
    readonly everySteps?: number;
    readonly call: (tensors: {
        readonly [name: string]: Tensor;
    }, step: number) => void;
}
export type ModelFn<P = unknown> = (input: ModelInput<P>) => EstimatorSpec;
export type CacheFn = (perReplicaBatchSize: number, mode: Mode) => ReadonlyArray<TfTensor>;
