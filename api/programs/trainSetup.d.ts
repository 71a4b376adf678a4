import * as Effect from "effect/Effect";
import { type CheckpointError, type ConfigError, type ExecuteError, InputError, type NanLossError, type NumericsError, type SinkError } from "../domain/Errors.ts";
import type { Input } from "../domain/Input.ts";
import type { RunConfig } from "../domain/RunConfig.ts";
import type { Device } from "../services/Device.ts";
import type { Hook } from "../services/Hooks.ts";
import type { Estimator } from "./Estimator.ts";
import type { Events } from "./events.ts";
import type { Restored } from "./restore.ts";
import type { Loop } from "./trainLoop.ts";
type BuiltInError = ConfigError | NanLossError | NumericsError | CheckpointError | ExecuteError | SinkError;
export interface Start<HE, HR> {
    readonly config: RunConfig;
    readonly restored: Restored | undefined;
    readonly startStep: number;
    readonly lastStep: number | undefined;
    readonly log: Events;
    readonly announce: Effect.Effect<void, SinkError, Device>;
    readonly hooks: ReadonlyArray<Hook<HE, HR>>;
    readonly protect: (() => ReadonlyArray<number>) | undefined;
}
export declare const setUp: <P, ME, MR, E, R, HE, HR>(estimator: Estimator<P, ME, MR>, input: Input<E, R>, start: Start<HE, HR>) => Effect.Effect<{
    loop: Loop<E | InputError, HE | BuiltInError, HR>;
    parties: {
        name: string;
        effect: Effect.Effect<void, ME | ExecuteError | import("../domain/Errors.ts").HostFunctionError | SinkError, MR>;
    }[];
}, E | HE | CheckpointError | import("../domain/Errors.ts").CompileError | ConfigError | import("../domain/Errors.ts").EngineUnavailable | ExecuteError | InputError | SinkError | import("../domain/Errors.ts").TraceError, HR | R | import("../services/CheckpointStore.ts").CheckpointStore | Device | import("../services/Infeed.ts").Infeed | import("effect/Scope").Scope | import("../services/Tracer.ts").Tracer>;
export {};
