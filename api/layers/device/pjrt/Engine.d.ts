import * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import { EngineUnavailable } from "../../../domain/Errors.ts";
import { Device } from "../../../services/Device.ts";
import * as Host from "../hosted/Host.ts";
import type { NamedValues } from "./client/namedValues.ts";
import * as Plugins from "./plugins.ts";
import { type HostPlan, PluginProcess, type ProgramParty } from "./process/PluginProcess.ts";
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
    readonly ahead: () => void;
    readonly process: () => PluginProcess | undefined;
}
export interface Made {
    readonly device: Device["Service"];
    readonly ahead: Effect.Effect<void>;
}
export declare const makeAhead: (options?: Options, seams?: Seams) => Made;
export declare const make: (options?: Options, seams?: Seams) => Device["Service"];
