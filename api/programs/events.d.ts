import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import type { SinkError } from "../domain/Errors.ts";
import type { Params, RunEvent } from "../domain/Events.ts";
import { Device } from "../services/Device.ts";
export interface Events {
    readonly emit: (event: RunEvent) => Effect.Effect<void, SinkError>;
    readonly flush: Effect.Effect<void, SinkError>;
}
export declare const open: (modelDir: string | undefined) => Effect.Effect<Events, never, Scope.Scope>;
export declare const paramsOf: (params: unknown) => {
    readonly params?: Params;
};
type BeginFields = Omit<Extract<RunEvent, {
    readonly event: "begin";
}>, "event" | "engine" | "replicas" | "time">;
export declare const span: (log: Events, fields: BeginFields, step?: () => number) => {
    begin: Effect.Effect<void, SinkError, Device>;
    end: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>;
};
export declare const lossFields: (loss: number) => {
    loss: number;
    ppl: number;
    bpc: number;
};
export {};
