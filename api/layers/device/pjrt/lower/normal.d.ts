import type { Emitter, Value } from "./Emitter.ts";
export declare const polynomial: (e: Emitter, x: Value, coefficients: ReadonlyArray<number>) => Value;
export declare const normal64: (e: Emitter, high: Value) => Value;
export declare const truncated64: (e: Emitter, high: Value) => Value;
export declare const normal32: (e: Emitter, high: Value) => Value;
export declare const truncated32: (e: Emitter, high: Value) => Value;
