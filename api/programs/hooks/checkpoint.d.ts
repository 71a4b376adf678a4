import type { CheckpointError, ExecuteError, NumericsError, SinkError } from "../../domain/Errors.ts";
import type { RunConfig } from "../../domain/RunConfig.ts";
import type { Hook } from "../../services/Hooks.ts";
import type { Saver } from "../saver.ts";
export declare const checkpoint: <E, R>(saver: Saver<E, R>, config: RunConfig) => Hook<CheckpointError | ExecuteError | NumericsError | SinkError | E, R>;
