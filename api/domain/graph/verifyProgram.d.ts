import * as Result from "effect/Result";
import { type Program } from "../Program.ts";
import { GraphError } from "./GraphError.ts";
export declare const verifyProgram: (program: Program, replicas: number) => Result.Result<void, GraphError>;
