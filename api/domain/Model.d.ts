import type * as Effect from "effect/Effect";
import type { Scalar, Tensor as TfTensor, Variable } from "@tensorflow/tfjs-core";
import type { SinkError } from "./Errors.ts";
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
export interface SummaryRecorder {
    readonly scalar: (name: string, value: TfTensor) => void;
    readonly histogram: (name: string, values: TfTensor, options?: {
        readonly buckets?: number;
    }) => void;
    readonly image: (name: string, images: TfTensor, options?: {
        readonly maxOutputs?: number;
    }) => void;
}
export interface ModelInput<P> {
    readonly features: FeatureNest;
    readonly labels: FeatureNest;
    readonly mode: Mode;
    readonly params: P;
    readonly cache: ReadonlyArray<TfTensor>;
    readonly random: RandomSource;
    readonly variables: VariableScope;
    readonly summary: SummaryRecorder;
    readonly valid: TfTensor;
    readonly globalStep: Scalar;
    readonly replicas: number;
    readonly batchSize: number;
}
export type FeatureNest = TfTensor & {
    readonly [key: string]: TfTensor;
} & ReadonlyArray<TfTensor>;
export interface EstimatorSpec<E = never, R = never> {
    readonly loss?: TfTensor;
    readonly predictions?: {
        readonly [name: string]: TfTensor;
    };
    readonly exportOutputs?: {
        readonly [signature: string]: ExportOutput;
    };
    readonly cache?: ReadonlyArray<TfTensor>;
    readonly evalMetrics?: {
        readonly [name: string]: EvalMetric<E, R>;
    };
    readonly hostCall?: HostCall<E, R>;
}
export type ExportOutput = {
    readonly kind: "classification";
    readonly scores?: TfTensor;
    readonly classes?: TfTensor;
} | {
    readonly kind: "regression";
    readonly value: TfTensor;
} | {
    readonly kind: "predict";
    readonly outputs: {
        readonly [name: string]: TfTensor;
    };
};
export interface EvalMetric<E = never, R = never> {
    readonly tensors: {
        readonly [name: string]: TfTensor;
    };
    readonly metric: Metric | EffectMetric<E, R>;
}
export interface Metric {
    readonly initial: ReadonlyArray<number>;
    readonly update: (state: ReadonlyArray<number>, batch: {
        readonly [name: string]: Tensor;
    }) => ReadonlyArray<number>;
    readonly result: (state: ReadonlyArray<number>) => number;
}
export interface EffectMetric<E = never, R = never> extends Pick<Metric, "initial" | "result"> {
    readonly update: (state: ReadonlyArray<number>, batch: {
        readonly [name: string]: Tensor;
    }) => Effect.Effect<ReadonlyArray<number>, E, R>;
}
export interface HostCall<E = never, R = never> {
    readonly tensors: {
        readonly [name: string]: TfTensor;
    };
    readonly everySteps?: number;
    readonly call: HostFunction<E, R>;
}
export type HostFunction<E = never, R = never> = (tensors: {
    readonly [name: string]: Tensor;
}, step: number) => void | Effect.Effect<unknown, E | SinkError, R>;
export type ModelFn<P = unknown, E = never, R = never> = (input: ModelInput<P>) => EstimatorSpec<E, R>;
export type CacheFn = (perReplicaBatchSize: number, mode: Mode) => ReadonlyArray<TfTensor>;
