import * as Effect from "effect/Effect";
import type { Mode } from "../domain/Program.ts";
import type { RunConfig } from "../domain/RunConfig.ts";
import type { Hook, RunContext } from "../services/Hooks.ts";
import type { Draining } from "./drain.ts";
import type { Events } from "./events.ts";
import type { Pump } from "./pump.ts";
import { type Session } from "./session.ts";
export interface BatchLoop<E, HE, HR> {
    readonly run: Session<unknown, unknown>;
    readonly pump: Pump<E>;
    readonly limit: number;
    readonly outfeed: Draining<unknown, unknown>;
    readonly hooks: ReadonlyArray<Hook<HE, HR>>;
    readonly contextAt: (batches: number) => RunContext;
}
export declare const contexts: (mode: Mode, config: RunConfig, globalStep: number, limit: number, log: Events) => {
    before: {
        mode: Mode;
        step: number;
        lastStep: number | undefined;
        readState: Effect.Effect<import("../domain/Program.ts").State, import("../domain/Errors.ts").ExecuteError>;
        batchSize: number;
        modelDir: string | undefined;
        emit: (event: import("../domain/Events.ts").RunEvent) => Effect.Effect<void, import("../domain/Errors.ts").SinkError>;
        globalStep: number;
    };
    ofRun: (run: Session<unknown, unknown>) => (batches: number) => RunContext;
};
export declare const beginning: <A, E, R, HE, HR>(hooks: ReadonlyArray<Hook<HE, HR>>, before: RunContext, setUp: Effect.Effect<A, E, R>) => Effect.Effect<A, E | HE | import("../domain/Errors.ts").ConfigError, HR | R>;
export declare const runBatches: <E, HE, HR>(loop: BatchLoop<E, HE, HR>) => Effect.Effect<undefined, E | HE | import("../domain/Errors.ts").ConfigError | import("../domain/Errors.ts").ExecuteError | import("../domain/Errors.ts").InputError, HR>;
