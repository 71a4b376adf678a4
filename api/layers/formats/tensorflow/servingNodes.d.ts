import * as Result from "effect/Result";
import { ExportError } from "../../../domain/Errors.ts";
import { type ServingModel, type SizedGraph } from "../../../domain/export/ServingModel.ts";
import type { NodeDef } from "../../device/tensorflow/GraphDef.ts";
export interface Names {
    readonly variable: (name: string) => string;
    readonly input: (index: number) => string;
}
export interface ServingNodes {
    readonly nodes: ReadonlyArray<NodeDef>;
    readonly outputs: ReadonlyArray<string>;
}
export declare const ownPrefix = "estimator/";
export declare const lowered: ({ graph }: SizedGraph, format: string, names: Names, before?: string) => ServingNodes;
export declare const make: (model: ServingModel, format: string, names: Names) => Result.Result<ServingNodes, ExportError>;
export declare const exportError: (error: unknown) => ExportError;
