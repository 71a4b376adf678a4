import * as Builder from "../../domain/graph/Builder.ts";
import type { Graph, NodeId, Output, ParameterRole } from "../../domain/graph/Graph.ts";
import type { TensorType } from "../../domain/Tensor.ts";
export interface Extraction {
    readonly parameters: ReadonlyArray<{
        readonly name: string;
        readonly role: ParameterRole;
        readonly type: TensorType;
        readonly node: NodeId;
    }>;
    readonly outputs: ReadonlyArray<Output>;
    readonly substitute?: (node: NodeId) => NodeId | undefined;
}
export declare const extract: (from: Builder.Builder, { parameters, outputs, substitute }: Extraction) => Graph;
