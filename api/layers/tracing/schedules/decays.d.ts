import type { Arithmetic } from "./Formula.ts";
import { type Schedule } from "./Schedule.ts";
export declare const mix: <F, I>(on: Arithmetic<F, I>, part: F, a: F, b: F) => F;
export declare const halfWave: <F, I>(on: Arithmetic<F, I>, progress: F) => F;
export declare const constant: (value: number) => Schedule;
export declare const polynomial: ({ initial, end, steps, power }: {
    readonly initial: number;
    readonly end?: number;
    readonly steps: number;
    readonly power?: number;
}) => Schedule;
export declare const cosine: ({ initial, steps, alpha }: {
    readonly initial: number;
    readonly steps: number;
    readonly alpha?: number;
}) => Schedule;
export declare const exponential: ({ initial, rate, steps, staircase }: {
    readonly initial: number;
    readonly rate: number;
    readonly steps: number;
    readonly staircase?: boolean;
}) => Schedule;
export declare const inverseSqrt: ({ initial, steps }: {
    readonly initial: number;
    readonly steps: number;
}) => Schedule;
export declare const noam: ({ width, warmupSteps, scale }: {
    readonly width: number;
    readonly warmupSteps: number;
    readonly scale?: number;
}) => Schedule;
export declare const piecewiseConstant: (boundaries: ReadonlyArray<number>, values: ReadonlyArray<number>) => Schedule;
