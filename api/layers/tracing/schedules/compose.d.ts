import { type Schedule } from "./Schedule.ts";
export declare const scale: (schedule: Schedule, factor: number) => Schedule;
export declare const sequence: (parts: ReadonlyArray<{
    readonly steps: number;
    readonly schedule: Schedule;
}>, last: Schedule) => Schedule;
export declare const warmup: (steps: number, then: Schedule, from?: number) => Schedule;
