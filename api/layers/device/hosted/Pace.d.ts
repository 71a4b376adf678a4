export declare const callTime = 200;
export interface Pace {
    readonly limit: () => number;
    readonly begin: () => number;
    readonly end: (count: number, begin: number) => void;
}
export declare const make: (most: number, now: () => number) => Pace;
