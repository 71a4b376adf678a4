import * as Layer from "effect/Layer";
export interface TraceEvent {
    readonly name: string;
    readonly ph: "X" | "B" | "C" | "M";
    readonly pid: number;
    readonly tid: number;
    readonly cat?: string;
    readonly ts?: number;
    readonly dur?: number;
    readonly args?: {
        readonly [name: string]: string | number | null;
    };
}
export interface TraceFile {
    readonly displayTimeUnit: "ms";
    readonly traceEvents: ReadonlyArray<TraceEvent>;
    readonly otherData: {
        readonly dropped: number;
    };
}
export declare const deviceTrack = 0;
export interface Timeline {
    readonly start: (nanos: bigint) => void;
    readonly slice: (tid: number, name: string, cat: string, from: bigint, to: bigint, args?: {
        readonly [name: string]: string | number;
    }) => void;
    readonly counter: (name: string, at: bigint, value: number) => void;
    readonly take: () => TraceFile;
    readonly layer: Layer.Layer<never>;
}
export declare const make: (capacity: number) => Timeline;
