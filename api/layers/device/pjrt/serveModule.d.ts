import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { CompileError, EngineUnavailable, ExecuteError } from "../../../domain/Errors.ts";
import type { Tensor, TensorData, TensorType } from "../../../domain/Tensor.ts";
import { type Options, type Seams } from "./Engine.ts";
export interface Servable {
    readonly module: string | Uint8Array;
    readonly arguments: ReadonlyArray<{
        readonly name: string;
        readonly type: TensorType;
        readonly value?: Tensor;
    }>;
    readonly results: ReadonlyArray<{
        readonly name: string;
        readonly type: TensorType;
    }>;
}
export type Call = (inputs: ReadonlyArray<TensorData>) => Effect.Effect<ReadonlyArray<TensorData>, ExecuteError>;
export declare const serveModule: (servable: Servable, options: Pick<Options, "cache" | "client" | "plugin">, seams?: Seams | undefined) => Effect.Effect<Call, CompileError | EngineUnavailable | ExecuteError, Scope.Scope>;
