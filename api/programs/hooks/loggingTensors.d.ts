import * as Effect from "effect/Effect";
import type { ConfigError } from "../../domain/Errors.ts";
import type { Hook, RunContext, RunValues } from "../../services/Hooks.ts";
import * as Cadence from "./Cadence.ts";
export type Values = {
    readonly [tag: string]: number | string;
};
export declare const progressValues: ({ globalStep, mode, step }: RunContext, { iterations, loss }: RunValues) => Values;
export interface LoggingTensorsOptions<E, R> {
    readonly values?: (context: RunContext, values: RunValues) => Effect.Effect<Values, E, R>;
    readonly format?: (values: Values) => string;
    readonly write?: (line: string) => Effect.Effect<void, E, R>;
}
export declare const loggingTensors: <E = never, R = never>(options: Cadence.Cadence & LoggingTensorsOptions<E, R>) => Hook<ConfigError | E, R>;
