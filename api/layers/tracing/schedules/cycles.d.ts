import { type Schedule } from "./Schedule.ts";
export declare const cosineRestarts: ({ initial, steps, lengthFactor, heightFactor, alpha }: {
    readonly initial: number;
    readonly steps: number;
    readonly lengthFactor?: number;
    readonly heightFactor?: number;
    readonly alpha?: number;
}) => Schedule;
export declare const oneCycle: ({ peak, steps, rise, divisor, finalDivisor }: {
    readonly peak: number;
    readonly steps: number;
    readonly rise?: number;
    readonly divisor?: number;
    readonly finalDivisor?: number;
}) => Schedule;
