import type { Graph, NodeId } from "../../../domain/graph/Graph.ts";
import type { OpName } from "../../../domain/graph/ops.ts";
import { type Source } from "../hosted/sources.ts";
import type { Rules } from "./lower/rule.ts";
import { type OnnxModel, type OnnxNode, type Port } from "./OnnxModel.ts";
export interface LoweredInput extends Port {
    readonly source: Source;
}
export interface LoweredOutput extends Port {
    readonly index: number;
    readonly inPlace: boolean;
}
export interface Wanted {
    readonly node: NodeId;
    readonly predecessor: NodeId | undefined;
}
export interface Lowered {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly inputs: ReadonlyArray<LoweredInput>;
    readonly outputs: ReadonlyArray<LoweredOutput>;
}
export declare const rules: Rules;
export declare const opNames: ReadonlyArray<OpName>;
export declare const needed: (nodes: ReadonlyArray<OnnxNode>, outputs: ReadonlyArray<Port>) => ReadonlyArray<OnnxNode>;
export interface PortableModel {
    readonly model: OnnxModel;
    readonly parameters: ReadonlyArray<number>;
}
export declare const lowerPortable: (graph: Graph) => PortableModel;
export declare const lower: (graph: Graph, wanted: ReadonlyArray<Wanted>, channelBlock?: () => number) => Lowered;
