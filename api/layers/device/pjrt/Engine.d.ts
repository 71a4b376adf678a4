import * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import { CompileError, EngineUnavailable, type ExecuteError } from "../../../domain/Errors.ts";
import type { Graph } from "../../../domain/graph/Graph.ts";
import { Device, type Executable as DeviceExecutable } from "../../../services/Device.ts";
import * as Host from "../hosted/Host.ts";
import { type HostedLayout } from "../hosted/Plan.ts";
import type { NamedValues } from "./client/namedValues.ts";
import { type Koffi } from "./client/Native.ts";
import * as Plugins from "./plugins.ts";
import { type HostPlan, PluginProcess, type ProgramParty } from "./process/PluginProcess.ts";
import { type Module } from "./process/ProgramPlan.ts";
import * as StepModule from "./stepModule.ts";
export interface Options {
    readonly plugin?: string | undefined;
    readonly replicas?: number | undefined;
    readonly prefetch?: number | undefined;
    readonly stepsPerExecute?: number | undefined;
    readonly precision?: StepModule.Precision | undefined;
    readonly cache?: string | false | undefined;
    readonly client?: NamedValues | undefined;
}
export interface Seams {
    readonly locate?: (asked: string | undefined) => Result.Result<Plugins.Found, EngineUnavailable>;
    readonly spawn?: (plan: HostPlan, device: PluginDevice) => Host.Party;
    readonly make?: typeof StepModule.make;
    readonly env?: {
        readonly [name: string]: string | undefined;
    };
}
export interface PluginDevice {
    readonly serve: (plan: HostPlan) => ProgramParty;
    readonly ahead: (devices?: number) => void;
    readonly leave: () => void;
    readonly process: () => PluginProcess | undefined;
}
export interface Settings extends Options {
    readonly replicas: number;
}
export interface Planned {
    readonly init: Graph;
    readonly layout: HostedLayout;
    readonly single: Module;
    readonly several: Module | undefined;
    readonly failures: ReadonlyArray<string>;
    readonly cores?: number | undefined;
}
export declare const makeProcess: (settings: Settings, seams: Seams) => (koffi: Koffi, found: Plugins.Found) => PluginDevice;
export interface Parts {
    readonly found: Plugins.Found;
    readonly koffi: Koffi;
}
export declare const partsOf: (settings: Settings, seams: Seams) => Effect.Effect<Parts, EngineUnavailable, never>;
export declare const start: (settings: Settings, seams: Seams, party: PluginDevice, args_3: Parts, planned: Planned, step: Pick<StepModule.StepModule, "at">) => Effect.Effect<DeviceExecutable, CompileError | EngineUnavailable | ExecuteError, Scope.Scope>;
export interface Made {
    readonly device: Device["Service"];
    readonly ahead: Effect.Effect<void, never, Scope.Scope>;
}
export declare const makeAhead: (options?: Options, seams?: Seams) => Made;
export declare const make: (options?: Options, seams?: Seams) => Device["Service"];
