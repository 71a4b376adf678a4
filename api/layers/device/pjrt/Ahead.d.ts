import { Device } from "../../../services/Device.ts";
import type { Compiled } from "./process/protocol.ts";
import * as StepModule from "./stepModule.ts";
export interface Target {
    readonly platform: "tpu";
    readonly topology: string;
    readonly devices: number;
}
export declare const targetOf: (text: string) => Target | undefined;
export interface Options {
    readonly target: Target;
    readonly replicas?: number | undefined;
    readonly precision?: StepModule.Precision | undefined;
    readonly plugin?: string | undefined;
    readonly onCompiled: (compiled: Compiled) => void;
}
export declare const make: (options: Options) => Device["Service"];
