import * as Result from "effect/Result";
import { EngineUnavailable } from "../../../domain/Errors.ts";
import { type Surroundings } from "./plugins.ts";
export declare const remedy = "Run `npx effect-estimator devices install xla-cuda`, which fetches it, or set CUDA_HOME to the folder of a CUDA 12 that has bin/ptxas.";
export declare const locate: (surroundings?: Surroundings, system?: string) => Result.Result<string, EngineUnavailable>;
export declare const environmentFor: (root: string, env?: Surroundings["env"]) => {
    readonly [name: string]: string;
};
