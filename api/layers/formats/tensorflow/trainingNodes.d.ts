import type { ServingPort, TrainingStep } from "../../../domain/export/ServingModel.ts";
import type { NodeDef } from "../../device/tensorflow/GraphDef.ts";
export interface VariableNames {
    readonly handle: (name: string) => string;
    readonly read: (name: string) => string;
}
export interface TrainingNodes {
    readonly nodes: ReadonlyArray<NodeDef>;
    readonly inputs: ReadonlyArray<readonly [port: ServingPort, node: string]>;
    readonly outputs: ReadonlyArray<readonly [port: ServingPort, node: string]>;
}
export declare const make: (training: TrainingStep, format: string, variables: VariableNames, take: (name: string) => string) => TrainingNodes;
