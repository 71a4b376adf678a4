import * as Effect from "effect/Effect";
import { type State } from "../domain/Program.ts";
import type { RunConfig } from "../domain/RunConfig.ts";
import type { Hook, RunContext } from "../services/Hooks.ts";
import type { Draining } from "./drain.ts";
import type { SavePoints } from "./hooks/savePoints.ts";
import type { Pump } from "./pump.ts";
import type { Saver } from "./saver.ts";
import type { Session } from "./session.ts";
export interface Loop<E, HE, HR> {
    readonly config: RunConfig;
    readonly run: Session<unknown, unknown>;
    readonly pump: Pump<E>;
    readonly outfeed: Draining<unknown, unknown>;
    readonly hooks: ReadonlyArray<Hook<HE, HR>>;
    readonly startStep: number;
    readonly lastStep: number | undefined;
    readonly firstCache: State;
    readonly saver: Saver<HE, HR>;
    readonly around: SavePoints<HE, HR>;
    readonly contextAt: (step: number) => RunContext;
}
export interface LoopResult {
    readonly globalStep: number;
    readonly steps: number;
    readonly loss: number;
}
export declare const runLoop: <E, HE, HR>(loop: Loop<E, HE, HR>) => Effect.Effect<LoopResult, E | HE | import("../domain/Errors.ts").CheckpointError | import("../domain/Errors.ts").ConfigError | import("../domain/Errors.ts").ExecuteError | import("../domain/Errors.ts").InputError | import("../domain/Errors.ts").NumericsError | import("../domain/Errors.ts").SinkError, HR>;
