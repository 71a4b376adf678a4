import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { EngineUnavailable } from "../../domain/Errors.ts";
import { Evaluator } from "../../services/Evaluator.ts";
import * as EvaluatorCache from "./EvaluatorCache.ts";
import * as Libraries from "./onnx/libraries.ts";
export interface Options extends EvaluatorCache.Options {
    readonly threads?: number | undefined;
    readonly resolve?: Libraries.Resolve | undefined;
}
export declare const make: (options?: Options) => Effect.Effect<Evaluator["Service"], EngineUnavailable, Scope.Scope>;
export declare const layer: (options?: Options) => Layer.Layer<Evaluator, EngineUnavailable>;
