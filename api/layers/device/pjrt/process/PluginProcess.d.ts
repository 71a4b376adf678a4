import { type ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import { type WorkerMessage } from "../../hosted/control.ts";
import type { Party } from "../../hosted/Host.ts";
import type { HostedPlan } from "../../hosted/Plan.ts";
import type { Open } from "../client/Client.ts";
import { type Koffi } from "../client/Native.ts";
import type { NamedValues } from "../client/namedValues.ts";
import { type Answer, type CompileFor } from "./protocol.ts";
import type { ProgramPlan } from "./ProgramPlan.ts";
import type { Mapping } from "./SharedMemory.ts";
export interface HostPlan extends HostedPlan {
    readonly program: ProgramPlan;
    readonly mapping: Mapping;
}
export interface Settings {
    readonly koffi: string;
    readonly plugin: string;
    readonly client: NamedValues | undefined;
    readonly devices: number;
    readonly isCpu: boolean;
    readonly env?: {
        readonly [name: string]: string | undefined;
    };
}
export declare class ProgramParty extends EventEmitter implements Party {
    #private;
    readonly abandon: () => void;
    ready: boolean;
    constructor(plan: HostPlan, koffi: Koffi, abandon: () => void);
    readonly wake: () => void;
    said(message: number | WorkerMessage): void;
    ended(code: number): void;
}
export declare class PluginProcess {
    #private;
    readonly child: ChildProcess;
    constructor(koffi: Koffi, settings: Settings);
    get isOver(): boolean;
    ask(take: (answer: Answer) => void, request?: CompileFor): void;
    left: Open | undefined;
    ahead(): void;
    leave(): void;
    kill(): void;
    serve(plan: HostPlan): ProgramParty;
    end(): void;
}
