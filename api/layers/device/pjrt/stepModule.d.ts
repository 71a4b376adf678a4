import type { Graph, NodeOf } from "../../../domain/graph/Graph.ts";
import { type Program } from "../../../domain/Program.ts";
import type { TensorData, TensorType } from "../../../domain/Tensor.ts";
import { type Check, type Emitter, type Precision, type Value } from "./lower/Emitter.ts";
import { type Given } from "./lower.ts";
import { type ModuleText } from "./moduleText.ts";
export type { Precision };
export interface StepOptions {
    readonly replicas: number;
    readonly iterations: number;
    readonly precision: Precision;
    readonly wide?: boolean | undefined;
}
export type ArgumentSource = {
    readonly _tag: "State";
    readonly leaf: string;
} | {
    readonly _tag: "Batch";
    readonly index: number;
} | {
    readonly _tag: "Constant";
    readonly data: TensorData;
};
export interface ModuleArgument {
    readonly type: TensorType;
    readonly source: ArgumentSource;
    readonly parts?: ReadonlyArray<number> | undefined;
}
export type ResultTarget = {
    readonly _tag: "State";
    readonly leaf: string;
} | {
    readonly _tag: "Loss";
} | {
    readonly _tag: "Outfeed";
    readonly index: number;
} | {
    readonly _tag: "Failed";
};
export interface ModuleResult {
    readonly type: TensorType;
    readonly target: ResultTarget;
}
export interface StepModule extends ModuleText {
    readonly arguments: ReadonlyArray<ModuleArgument>;
    readonly results: ReadonlyArray<ModuleResult>;
    readonly failures: ReadonlyArray<string>;
}
export interface Arguments {
    readonly given: (node: Given) => Value;
    readonly constants: ReadonlyArray<NodeOf<"Constant">>;
}
export declare const argumentsFor: (graph: Graph) => Arguments;
export declare const failureOf: ({ node }: Check) => string;
export declare const firstFailure: (e: Emitter) => Value;
export declare const make: (program: Program, options: StepOptions) => StepModule;
