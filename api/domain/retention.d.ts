export interface Retain {
    readonly everyHours?: number | undefined;
    readonly steps?: ReadonlyArray<number> | undefined;
}
export interface Held<A> {
    readonly ref: A;
    readonly step: number;
    readonly millis: number | undefined;
}
export interface Verdict<A> {
    readonly kept: ReadonlyArray<Held<A>>;
    readonly dropped: ReadonlyArray<Held<A>>;
    readonly preservedMillis: number | undefined;
}
export declare const sweep: <A>(held: ReadonlyArray<Held<A>>, keep: number, retain: Retain, now: number, preservedMillis: number | undefined) => Verdict<A>;
