import * as Effect from "effect/Effect";
import type { ConfigError, SinkError } from "../../domain/Errors.ts";
import type { Summary } from "../../domain/Summary.ts";
import type { Hook, RunContext, RunValues } from "../../services/Hooks.ts";
import * as Cadence from "./Cadence.ts";
export interface SummarySaverOptions<E, R> {
    readonly scalars?: (context: RunContext, values: RunValues) => Effect.Effect<{
        readonly [name: string]: number;
    }, E, R>;
    readonly summaries?: (context: RunContext, values: RunValues) => Effect.Effect<ReadonlyArray<Summary>, E, R>;
}
export declare const summarySaver: <E = never, R = never>(options?: Cadence.Cadence & SummarySaverOptions<E, R>) => Hook<ConfigError | SinkError | E, R>;
