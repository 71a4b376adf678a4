import { type Runner as HostedRunner } from "../../hosted/serve.ts";
import type { Client } from "../client/Client.ts";
import type { Executable } from "../client/Executable.ts";
import type { Module, ProgramPlan } from "./ProgramPlan.ts";
export interface Surroundings {
    readonly client: Client;
    readonly plan: ProgramPlan;
    readonly address: bigint;
    readonly memory: ArrayBufferLike;
    readonly compile: (module: Module) => Executable;
    readonly alone: (work: () => void) => void;
    readonly now: () => number;
}
export declare const make: (around: Surroundings) => HostedRunner & {
    readonly close: () => void;
};
