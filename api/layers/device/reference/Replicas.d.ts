import * as Result from "effect/Result";
import { type Batch, type Program, type State, type StateLeaf, type StepOutput } from "../../../domain/Program.ts";
export interface Replicas {
    readonly leaves: ReadonlyArray<StateLeaf>;
    readonly missing: () => ReadonlyArray<string>;
    readonly initialise: (seed: number) => void;
    readonly read: () => State;
    readonly write: (state: State) => Result.Result<void, string>;
    readonly accept: (batch: Batch) => Result.Result<Batch, string>;
    readonly step: (batch: Batch) => StepOutput;
}
export declare const make: (program: Program, replicas: number) => Replicas;
