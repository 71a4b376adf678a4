import * as Result from "effect/Result";
import * as Stream from "effect/Stream";
import { InputError } from "../../domain/Errors.ts";
import type { Example } from "../../domain/Input.ts";
import { type Tensor } from "../../domain/Tensor.ts";
export declare const mapLeaves: (example: Example, f: (tensor: Tensor, name: string) => Tensor) => Example;
export declare const takeRows: (tensor: Tensor, rows: ArrayLike<number>, from: number, to: number) => Tensor;
export declare const stack: (examples: ReadonlyArray<Example>) => Result.Result<Example, InputError>;
export interface BatchOptions {
    readonly dropRemainder?: boolean;
}
export declare const batch: (size: number, options?: BatchOptions) => <E, R>(examples: Stream.Stream<Example, E, R>) => Stream.Stream<Example, E | InputError, R>;
