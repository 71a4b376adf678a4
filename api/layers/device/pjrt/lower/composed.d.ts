import type { Emitter, Value } from "./Emitter.ts";
type Compose = (e: Emitter, x: Value) => Value;
export declare const composed: {
    readonly [name: string]: Compose;
};
export {};
