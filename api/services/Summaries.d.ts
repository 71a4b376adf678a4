import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type { SinkError } from "../domain/Errors.ts";
import type { RunEvent } from "../domain/Events.ts";
import { type Summary } from "../domain/Summary.ts";
export declare const Summaries: Context.Reference<(event: RunEvent) => Effect.Effect<void, SinkError>>;
export declare const write: (step: number, summaries: ReadonlyArray<Summary>) => Effect.Effect<void, SinkError>;
