import * as Effect from "effect/Effect";
import { CheckpointError, type ConfigError, type ExecuteError } from "../domain/Errors.ts";
import { type WarmStart } from "../domain/WarmStart.ts";
import { CheckpointStore } from "../services/CheckpointStore.ts";
import type { Session } from "./session.ts";
export declare const warmStart: (session: Session<unknown, unknown>, settings: WarmStart | undefined) => Effect.Effect<string | undefined, CheckpointError | ConfigError | ExecuteError, CheckpointStore>;
