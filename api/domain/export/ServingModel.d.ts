import type { Graph } from "../graph/Graph.ts";
import type { DType, Shape, Tensor } from "../Tensor.ts";
export interface ServingPort {
    readonly name: string;
    readonly leaf: string;
    readonly kind: "feature" | "cache" | "prediction";
    readonly dtype: DType;
    readonly shape: Shape;
}
export interface Signature {
    readonly name: string;
    readonly kind: "classification" | "regression" | "predict";
    readonly outputs: ReadonlyArray<{
        readonly key: string;
        readonly port: string;
    }>;
}
export interface SizedGraph {
    readonly batchSize: number;
    readonly graph: Graph;
}
export interface TrainingStep extends SizedGraph {
    readonly inputs: ReadonlyArray<ServingPort>;
    readonly outputs: ReadonlyArray<ServingPort>;
}
export interface DeviceGraph extends SizedGraph {
    readonly inputs: ReadonlyArray<ServingPort>;
    readonly outputs: ReadonlyArray<ServingPort>;
}
export interface ServingModel {
    readonly step: number;
    readonly inputs: ReadonlyArray<ServingPort>;
    readonly outputs: ReadonlyArray<ServingPort>;
    readonly signatures: ReadonlyArray<Signature>;
    readonly graphs: readonly [SizedGraph] | readonly [SizedGraph, SizedGraph, SizedGraph];
    readonly training?: TrainingStep;
    readonly tpu?: DeviceGraph;
    readonly variables: ReadonlyMap<string, Tensor>;
    readonly assets: ReadonlyMap<string, Uint8Array>;
}
export declare const defaultSignature = "serving_default";
export declare const rowsFrom: (inputs: ReadonlyArray<ServingPort>) => {
    readonly input: number;
    readonly axis: number;
} | undefined;
export declare const signaturesOf: (offered: ReadonlyArray<Signature>, outputs: ReadonlyArray<ServingPort>) => ReadonlyArray<Signature>;
