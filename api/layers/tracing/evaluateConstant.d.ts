import type { NodeId } from "../../domain/graph/Graph.ts";
import type { TensorData } from "../../domain/Tensor.ts";
import type { Target } from "./Emit.ts";
export declare const evaluateConstant: ({ builder }: Pick<Target, "builder">, node: NodeId) => TensorData | undefined;
