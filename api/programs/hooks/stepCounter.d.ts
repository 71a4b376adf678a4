import * as Effect from "effect/Effect";
import type { ConfigError, SinkError } from "../../domain/Errors.ts";
import type { Hook } from "../../services/Hooks.ts";
import * as Cadence from "./Cadence.ts";
export interface Rates {
    readonly step: number;
    readonly stepsPerSec: number;
    readonly examplesPerSec: number;
}
export declare const stepCounter: <E = never, R = never>(options?: Cadence.Cadence, onRates?: (rates: Rates) => Effect.Effect<void, E, R>) => Hook<ConfigError | SinkError | E, R>;
