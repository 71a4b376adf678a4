import * as Effect from "effect/Effect";
import { CompileError, type EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts";
import type { GraphError } from "../../../domain/graph/GraphError.ts";
import type { Program } from "../../../domain/Program.ts";
import type * as StepModule from "./stepModule.ts";
export declare const refused: ({ detail, op, source }: GraphError) => CompileError;
export declare const lower: (make: typeof StepModule.make, program: Program, options: StepModule.StepOptions) => Effect.Effect<StepModule.StepModule, CompileError>;
export declare const explain: (step: StepModule.StepModule) => <E extends CompileError | EngineUnavailable | ExecuteError>(error: E) => E | CompileError;
