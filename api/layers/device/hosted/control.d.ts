export declare const Word: {
    readonly bell: 0;
    readonly command: 1;
    readonly argument0: 2;
    readonly argument1: 3;
    readonly stop: 4;
    readonly done: 5;
    readonly fed: 6;
    readonly consumed: 7;
    readonly produced: 8;
    readonly taken: 9;
    readonly waiters: 10;
    readonly parity: 11;
    readonly failed: 12;
    readonly ended: 13;
    readonly asleep: 14;
    readonly length: 16;
};
export declare const Command: {
    readonly none: 0;
    readonly run: 1;
    readonly initialise: 2;
    readonly close: 3;
    readonly reopen: 4;
    readonly fetch: 5;
    readonly store: 6;
};
export declare const Wake: {
    readonly consumed: 1;
    readonly idle: 2;
    readonly produced: 4;
    readonly ready: 8;
};
export declare const maxIterations = 4096;
export declare const ring: (control: Int32Array) => void;
export type WorkerMessage = {
    readonly _tag: "Ready";
} | {
    readonly _tag: "Unavailable";
    readonly detail: string;
    readonly remedy?: string;
} | {
    readonly _tag: "Refused";
    readonly detail: string;
} | {
    readonly _tag: "Failed";
    readonly detail: string;
};
