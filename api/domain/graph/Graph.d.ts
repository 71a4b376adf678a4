import type { TensorType } from "../Tensor.ts";
import { type OpAttrs, type OpName, type RandomOp } from "./ops.ts";
export type NodeId = number;
export type SourceLocation = string;
export interface NodeOf<K extends OpName> {
    readonly op: K;
    readonly inputs: ReadonlyArray<NodeId>;
    readonly attrs: OpAttrs[K];
    readonly type: TensorType;
    readonly source?: SourceLocation | undefined;
}
export type Node = {
    readonly [K in OpName]: NodeOf<K>;
}[OpName];
export declare const isRandom: (node: Node) => node is NodeOf<RandomOp>;
export type StateKind = "variable" | "slot" | "cache" | "random" | "step";
export type ParameterRole = {
    readonly _tag: "State";
    readonly kind: StateKind;
    readonly trainable: boolean;
} | {
    readonly _tag: "Batch";
};
export interface Parameter {
    readonly name: string;
    readonly role: ParameterRole;
    readonly node: NodeId;
}
export type OutputRole = {
    readonly _tag: "State";
} | {
    readonly _tag: "Loss";
} | {
    readonly _tag: "Outfeed";
};
export interface Output {
    readonly name: string;
    readonly role: OutputRole;
    readonly node: NodeId;
}
export interface Graph {
    readonly nodes: ReadonlyArray<Node>;
    readonly parameters: ReadonlyArray<Parameter>;
    readonly outputs: ReadonlyArray<Output>;
}
