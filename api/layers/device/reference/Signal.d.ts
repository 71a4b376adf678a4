import * as Effect from "effect/Effect";
export interface Signal {
    readonly until: (holds: () => boolean) => Effect.Effect<void>;
    readonly changed: () => void;
}
export declare const make: () => Signal;
