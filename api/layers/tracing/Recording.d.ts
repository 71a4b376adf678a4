import * as tf from "@tensorflow/tfjs-core";
import type { TraceError } from "../../domain/Errors.ts";
import * as Builder from "../../domain/graph/Builder.ts";
import type { Graph, NodeId, SourceLocation } from "../../domain/graph/Graph.ts";
import { type DType, type TensorData, type TensorType } from "../../domain/Tensor.ts";
import * as LayerLog from "./layers/LayerLog.ts";
export declare class Recorded {
    #private;
    readonly recording: Recording;
    readonly type: TensorType;
    readonly op: string;
    readonly source: SourceLocation | undefined;
    readonly host: ArrayLike<number> | undefined;
    constructor(recording: Recording, type: TensorType, op: string, source: SourceLocation | undefined, value: NodeId | ArrayLike<number>);
    get node(): NodeId;
}
export declare const toData: (dtype: DType, values: ArrayLike<number>) => TensorData;
export declare const dtypeOf: (dtype: string, op: string, source: SourceLocation | undefined) => DType;
export interface RecordedVariable {
    readonly variable: tf.Variable;
    readonly name: string | undefined;
    readonly trainable: boolean;
    readonly type: TensorType;
    readonly parameter: NodeId;
    initial: Recorded;
    readonly source: SourceLocation | undefined;
}
export interface Carried {
    readonly name: string;
    readonly parameter: NodeId;
    readonly initial: NodeId;
    readonly next: () => tf.Tensor;
}
export interface OuterState {
    readonly tensorInfo: WeakMap<object, {
        readonly backend: {
            readonly readSync: (dataId: object) => unknown;
        };
    }>;
}
export declare class Recording {
    #private;
    readonly builder: Builder.Builder;
    readonly replicas: number;
    readonly sourced: boolean;
    readonly randomKey: NodeId;
    readonly variables: Array<RecordedVariable>;
    readonly optimizers: Set<tf.Optimizer>;
    readonly layerNames: import("./layerNames.ts").LayerNames;
    readonly layers: LayerLog.LayerLog;
    readonly carried: Array<Carried>;
    readonly lastSource: Map<string, string>;
    failed: TraceError | undefined;
    draws: number;
    leavesText: string;
    constructor(replicas: number, outer: ReadonlyArray<OuterState>, sourced?: boolean);
    madeBy(node: NodeId, op: string, source: SourceLocation | undefined): void;
    originOf(node: NodeId): {
        readonly op: string;
        readonly source: SourceLocation | undefined;
    } | undefined;
    tensor(node: NodeId, op: string, source?: SourceLocation): tf.Tensor;
    info(node: NodeId, op: string, source?: SourceLocation): tf.TensorInfo;
    recordedOf(x: tf.TensorInfo, op: string, source: SourceLocation | undefined): Recorded;
    nodeOf(x: tf.TensorInfo, op: string, source: SourceLocation | undefined): NodeId;
    addVariable(entry: RecordedVariable): void;
    variableOf(variable: tf.Variable): RecordedVariable | undefined;
    initialise(variable: tf.Variable, value: tf.Tensor): boolean;
    carry(name: string, zero: tf.Tensor, next: () => tf.Tensor): tf.Tensor;
    graph(): Graph;
}
export declare const current: () => Recording | undefined;
export declare const activate: (recording: Recording | undefined) => Recording | undefined;
