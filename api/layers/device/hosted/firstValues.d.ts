import type { Graph } from "../../../domain/graph/Graph.ts";
import type { TensorData } from "../../../domain/Tensor.ts";
export declare const firstValues: (graph: Graph, key: Int32Array) => ReadonlyArray<TensorData>;
