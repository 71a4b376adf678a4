import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { Evaluator } from "../../services/Evaluator.ts";
import * as EvaluatorCache from "./EvaluatorCache.ts";
export type Options = EvaluatorCache.Options;
export declare const make: (options?: Options) => Effect.Effect<Evaluator["Service"], never, Scope.Scope>;
export declare const layer: (options?: Options) => Layer.Layer<Evaluator>;
