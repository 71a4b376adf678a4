import * as Result from "effect/Result";
import { CompileError } from "../../../domain/Errors.ts";
import type { GraphError } from "../../../domain/graph/GraphError.ts";
import type { Program } from "../../../domain/Program.ts";
export declare const refusal: (engine: string) => ({ detail, op, source }: GraphError) => CompileError;
export declare const check: (engine: string, program: Program, replicas: number) => Result.Result<void, CompileError>;
export declare const accept: (engine: string, program: Program, replicas: number) => Result.Result<import("../../../domain/passes/partition/partitionProgram.ts").PartitionedProgram, CompileError>;
