import { CompileError, type EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts";
import type * as StepModule from "./stepModule.ts";
export declare const explain: (step: Pick<StepModule.StepModule, "at">) => <E extends CompileError | EngineUnavailable | ExecuteError>(error: E) => E | CompileError;
