import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type { TraceError } from "../domain/Errors.ts";
import type { CacheFn, Metric, ModelFn, Nest } from "../domain/Model.ts";
import type { Mode, Program } from "../domain/Program.ts";
import type { Tensor, TensorType } from "../domain/Tensor.ts";
export interface TraceRequest<P> {
    readonly modelFn: ModelFn<P>;
    readonly cacheFn?: CacheFn | undefined;
    readonly mode: Mode;
    readonly params: P;
    readonly replicas: number;
    readonly features: Nest<TensorType>;
    readonly labels?: Nest<TensorType> | undefined;
    readonly perReplicaBatchSize: number;
    readonly seed?: number | undefined;
}
export interface TracedMetric {
    readonly name: string;
    readonly metric: Metric;
    readonly tensors: ReadonlyArray<{
        readonly name: string;
        readonly outfeed: number;
    }>;
}
export interface Traced {
    readonly program: Program;
    readonly metrics: ReadonlyArray<TracedMetric>;
    readonly hostCall: {
        readonly everySteps: number;
        readonly call: (tensors: {
            readonly [name: string]: Tensor;
        }, step: number) => void;
        readonly tensors: ReadonlyArray<{
            readonly name: string;
            readonly outfeed: number;
        }>;
    } | undefined;
    readonly predictions: ReadonlyArray<{
        readonly name: string;
        readonly outfeed: number;
    }>;
}
declare const Tracer_base: Context.ServiceClass<Tracer, "effect-estimator/services/Tracer", {
    readonly trace: <P>(request: TraceRequest<P>) => Effect.Effect<Traced, TraceError>;
}>;
export declare class Tracer extends Tracer_base {
}
export {};
