import * as Result from "effect/Result";
import { CompileError } from "../../../domain/Errors.ts";
import type { Program } from "../../../domain/Program.ts";
export declare const accept: (engine: string, program: Program, replicas: number) => Result.Result<import("../../../domain/passes/partition/partitionProgram.ts").PartitionedProgram, CompileError>;
