import { CompileError, type EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts";
import type * as StepModule from "./stepModule.ts";
export declare const explain: (step: StepModule.StepModule) => <E extends CompileError | EngineUnavailable | ExecuteError>(error: E) => E | CompileError;
