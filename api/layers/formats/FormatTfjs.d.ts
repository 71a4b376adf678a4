import * as Result from "effect/Result";
import { ExportError } from "../../domain/Errors.ts";
import type { ServingModel } from "../../domain/export/ServingModel.ts";
import type { ModelFormat } from "../../services/ModelFormat.ts";
import type { Literal, NodeDef } from "../device/tensorflow/GraphDef.ts";
import { type Json } from "./tensorflow/graphJson.ts";
export interface Options {
    readonly fileBytes?: number;
}
export declare const unknownOps: ReadonlySet<string>;
interface Weight {
    readonly name: string;
    readonly literal: Literal;
}
interface GraphModel {
    readonly nodes: ReadonlyArray<NodeDef>;
    readonly weights: ReadonlyArray<Weight>;
    readonly signature: Json;
}
export declare const graphModel: (model: ServingModel) => Result.Result<GraphModel, ExportError>;
export declare const make: ({ fileBytes }?: Options) => ModelFormat;
export {};
