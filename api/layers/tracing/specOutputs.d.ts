import type { EstimatorSpec } from "../../domain/Model.ts";
import type { NodeId } from "../../domain/graph/Graph.ts";
import type { Mode } from "../../domain/Program.ts";
import { type TensorType } from "../../domain/Tensor.ts";
import type { Traced } from "../../services/Tracer.ts";
import type { Recording } from "./Recording.ts";
import type { MarkedSummary } from "./summaries.ts";
export interface Outfeed {
    readonly name: string;
    readonly node: NodeId;
}
export interface SpecOutputs<E = never, R = never> extends Pick<Traced<E, R>, "metrics" | "hostCall" | "summaries" | "predictions" | "exports" | "replicaLoss"> {
    readonly loss: NodeId | undefined;
    readonly outfeeds: ReadonlyArray<Outfeed>;
    readonly cache: ReadonlyArray<NodeId>;
}
export declare const specOutputs: <E, R>(recording: Recording, spec: EstimatorSpec<E, R>, mode: Mode, rows: number, cacheLeaves: ReadonlyArray<TensorType>, summaries: ReadonlyArray<MarkedSummary>, exporting: boolean) => SpecOutputs<E, R>;
