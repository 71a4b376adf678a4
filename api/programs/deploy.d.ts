import * as Effect from "effect/Effect";
import type { BatchLayout } from "../domain/batching.ts";
import { ConfigError, type InputError } from "../domain/Errors.ts";
import type { Input, InputSource } from "../domain/Input.ts";
import type { Mode } from "../domain/Program.ts";
import type { RunConfig } from "../domain/RunConfig.ts";
import { Device } from "../services/Device.ts";
import type { Estimator } from "./Estimator.ts";
export interface Deployed<E, R> {
    readonly source: InputSource<E | InputError, R>;
    readonly layout: BatchLayout;
}
export declare const deploy: <P, E, R>(estimator: Estimator<P, unknown, unknown>, mode: Mode, input: Input<E, R>, config: RunConfig) => Effect.Effect<Deployed<E, R>, ConfigError | InputError, Device>;
