import * as Stream from "effect/Stream";
import { InputError } from "./Errors.ts";
import type { Nest } from "./Model.ts";
import type { Mode } from "./Program.ts";
import type { Tensor } from "./Tensor.ts";
export interface Example {
    readonly features: Nest<Tensor>;
    readonly labels?: Nest<Tensor>;
}
export type Position = string;
export interface PositionedExample {
    readonly example: Example;
    readonly position: Position;
    readonly valid?: Float32Array;
}
export interface InputSource<E = never, R = never> {
    readonly _tag: "InputSource";
    readonly batches: (from: Position | undefined) => Stream.Stream<PositionedExample, E, R>;
}
export interface InputContext {
    readonly mode: Mode;
    readonly batchSize: number;
    readonly invocation: number;
    readonly invocations: number;
    readonly host: number;
    readonly replicasFed: number;
    readonly params: unknown;
}
export type SingleInput<E = never, R = never> = InputSource<E, R> | Stream.Stream<Example, E, R>;
export type InputFn<E = never, R = never> = (context: InputContext) => SingleInput<E, R>;
export type Input<E = never, R = never> = SingleInput<E, R> | InputFn<E, R>;
export declare const make: <E, R>(batches: (from: Position | undefined) => Stream.Stream<PositionedExample, E, R>) => InputSource<E, R>;
export declare const fromStream: <E, R>(stream: Stream.Stream<Example, E, R>) => InputSource<E | InputError, R>;
export declare const isSource: <E, R>(input: SingleInput<E, R>) => input is InputSource<E, R>;
export declare const toSource: <E, R>(input: SingleInput<E, R>) => InputSource<E | InputError, R>;
