import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import { CompileError, type EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts";
import type { Program } from "../../../domain/Program.ts";
import type { Executable as DeviceExecutable } from "../../../services/Device.ts";
import * as Host from "./Host.ts";
import type { HostedPlan } from "./Plan.ts";
export declare const lowered: <A>(engine: string, lower: () => A, advice?: string) => Result.Result<A, CompileError>;
export interface Engine<P extends HostedPlan> extends Host.Identity {
    readonly replicas: number;
    readonly plan: (program: Program) => Result.Result<P, CompileError | EngineUnavailable>;
    readonly spawn: Host.Spawn<P>;
}
export declare const compile: <P extends HostedPlan>(own: Engine<P>) => (given: Program) => Effect.Effect<DeviceExecutable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope>;
