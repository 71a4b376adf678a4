import * as Effect from "effect/Effect";
import { ConfigError } from "../domain/Errors.ts";
import type { RunConfigInput } from "../domain/RunConfig.ts";
export declare const environmentConfig: Effect.Effect<RunConfigInput, ConfigError>;
