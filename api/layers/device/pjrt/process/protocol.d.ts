import type { WorkerMessage } from "../../hosted/control.ts";
import type { DeviceInfo, Open } from "../client/Client.ts";
import type { Buffers } from "../client/liveBuffers.ts";
import type { CompileOptions } from "../client/compileOptions.ts";
import type { NamedValues } from "../client/namedValues.ts";
import type { ProgramMemory } from "../client/program.ts";
import type { ProgramPlan } from "./ProgramPlan.ts";
export interface Start {
    readonly _tag: "Start";
    readonly koffi: string;
    readonly plugin: string;
    readonly host: number;
    readonly client: NamedValues | undefined;
    readonly devices: number;
    readonly isCpu: boolean;
}
export interface Serve {
    readonly _tag: "Serve";
    readonly id: number;
    readonly plan: ProgramPlan;
}
export interface CompileFor {
    readonly _tag: "CompileFor";
    readonly topology: string;
    readonly description: NamedValues;
    readonly text: string | Uint8Array;
    readonly options: CompileOptions;
}
export type Request = Start | Serve | CompileFor;
export interface About {
    readonly version: string;
    readonly attributes: NamedValues;
    readonly client: {
        readonly platform: string;
        readonly version: string;
        readonly devices: ReadonlyArray<DeviceInfo>;
    } | undefined;
}
export interface Compiled {
    readonly devices: number;
    readonly kind: string;
    readonly millis: number;
    readonly memory: ProgramMemory;
    readonly cost: NamedValues;
    readonly operations: {
        readonly [opcode: string]: number;
    };
    readonly buffers: Buffers | undefined;
}
export type Answer = {
    readonly _tag: "Started";
    readonly about: About;
} | {
    readonly _tag: "Unavailable";
    readonly detail: string;
    readonly remedy?: string;
} | {
    readonly _tag: "Said";
    readonly id: number;
    readonly message: number | WorkerMessage;
} | {
    readonly _tag: "Left";
    readonly id: number;
    readonly open: Open;
} | {
    readonly _tag: "Ended";
    readonly id: number;
} | {
    readonly _tag: "Compiled";
    readonly compiled: Compiled;
} | {
    readonly _tag: "Refused";
    readonly code: string;
    readonly detail: string;
};
export declare const answerPipe = 3;
export declare const lineOf: (answer: Answer) => string;
export declare const encode: (request: Request) => Uint8Array;
export declare const decoder: (take: (request: Request) => void) => ((chunk: Buffer) => void);
export declare const lines: (take: (line: string) => void) => ((chunk: string) => void);
