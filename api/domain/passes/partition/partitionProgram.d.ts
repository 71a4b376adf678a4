import * as Result from "effect/Result";
import { GraphError } from "../../graph/GraphError.ts";
import { type Program } from "../../Program.ts";
import type { Report } from "./Report.ts";
export interface PartitionedProgram {
    readonly program: Program;
    readonly report: Report | undefined;
}
export declare const checkPartition: (program: Program) => Result.Result<void, GraphError>;
export declare const partitionProgram: (program: Program) => Result.Result<PartitionedProgram, GraphError>;
