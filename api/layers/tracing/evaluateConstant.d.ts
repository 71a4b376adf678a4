import type { NodeId } from "../../domain/graph/Graph.ts";
import type { TensorData } from "../../domain/Tensor.ts";
import type { Recording } from "./Recording.ts";
export declare const evaluateConstant: (recording: Recording, node: NodeId) => TensorData | undefined;
