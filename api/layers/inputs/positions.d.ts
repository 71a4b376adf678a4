import * as Result from "effect/Result";
import { InputError } from "../../domain/Errors.ts";
import type { Position } from "../../domain/Input.ts";
export type Repeat = boolean | number;
export declare const epochsOf: (repeat: Repeat | undefined) => number;
export declare const inputError: (reason: InputError["reason"], detail: string, leaf?: string) => InputError;
export declare const notPositive: (name: string, value: number) => InputError | undefined;
export declare const parseCounts: <const K extends string>(from: Position | undefined, names: ReadonlyArray<K>) => Result.Result<{ readonly [key in K]: number; }, InputError>;
