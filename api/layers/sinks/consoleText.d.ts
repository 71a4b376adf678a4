import type { LineEvent, RunEvent } from "../../domain/Events.ts";
type Train = Extract<RunEvent, {
    readonly event: "train";
}>;
export declare const duration: (seconds: number) => string;
export declare const lineOf: (event: LineEvent) => string;
export declare const bar: (part: number, width: number) => string;
export declare const progressLine: (event: Train, columns: number) => string;
export {};
