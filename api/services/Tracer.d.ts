import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type { TraceError } from "../domain/Errors.ts";
import type { CacheFn, EffectMetric, HostFunction, Metric, ModelFn, Nest } from "../domain/Model.ts";
import type { Mode, Program } from "../domain/Program.ts";
import type { TensorType } from "../domain/Tensor.ts";
export interface TraceRequest<P, E = never, R = never> {
    readonly modelFn: ModelFn<P, E, R>;
    readonly cacheFn?: CacheFn | undefined;
    readonly mode: Mode;
    readonly params: P;
    readonly replicas: number;
    readonly features: Nest<TensorType>;
    readonly labels?: Nest<TensorType> | undefined;
    readonly perReplicaBatchSize: number;
    readonly seed?: number | undefined;
    readonly summaries?: boolean | undefined;
    readonly exporting?: boolean | undefined;
}
export interface TracedExport {
    readonly name: string;
    readonly kind: "classification" | "regression" | "predict";
    readonly outputs: ReadonlyArray<{
        readonly key: string;
        readonly outfeed: number;
    }>;
}
export interface TracedSummary {
    readonly name: string;
    readonly kind: "scalar" | "histogram" | "image";
    readonly options: {
        readonly buckets?: number;
        readonly maxOutputs?: number;
    };
    readonly outfeed: number;
}
export interface TracedMetric<E = never, R = never> {
    readonly name: string;
    readonly metric: Metric | EffectMetric<E, R>;
    readonly tensors: ReadonlyArray<{
        readonly name: string;
        readonly outfeed: number;
    }>;
}
export interface Traced<E = never, R = never> {
    readonly program: Program;
    readonly metrics: ReadonlyArray<TracedMetric<E, R>>;
    readonly hostCall: {
        readonly everySteps: number;
        readonly call: HostFunction<E, R>;
        readonly tensors: ReadonlyArray<{
            readonly name: string;
            readonly outfeed: number;
        }>;
    } | undefined;
    readonly summaries: ReadonlyArray<TracedSummary>;
    readonly predictions: ReadonlyArray<{
        readonly name: string;
        readonly outfeed: number;
    }>;
    readonly exports: ReadonlyArray<TracedExport>;
    readonly replicaLoss: number | undefined;
}
declare const Tracer_base: Context.ServiceClass<Tracer, "effect-estimator/services/Tracer", {
    readonly trace: <P, E, R>(request: TraceRequest<P, E, R>) => Effect.Effect<Traced<E, R>, TraceError>;
}>;
export declare class Tracer extends Tracer_base {
}
export {};
