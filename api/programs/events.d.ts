import * as Effect from "effect/Effect";
import * as Scope from "effect/Scope";
import type { SinkError } from "../domain/Errors.ts";
import type { Params, RunEvent } from "../domain/Events.ts";
export interface Events {
    readonly emit: (event: RunEvent) => Effect.Effect<void, SinkError>;
    readonly flush: Effect.Effect<void, SinkError>;
}
export declare const open: (modelDir: string | undefined) => Effect.Effect<Events, never, Scope.Scope>;
export declare const paramsOf: (params: unknown) => {
    readonly params?: Params;
};
export declare const lossFields: (loss: number) => {
    loss: number;
    ppl: number;
    bpc: number;
};
