import type { CheckpointError, ExecuteError, SinkError } from "../../domain/Errors.ts";
import type { RunConfig } from "../../domain/RunConfig.ts";
import type { Hook } from "../../services/Hooks.ts";
import type { Saver } from "../saver.ts";
export declare const checkpoint: (saver: Saver, config: RunConfig) => Hook<CheckpointError | ExecuteError | SinkError>;
