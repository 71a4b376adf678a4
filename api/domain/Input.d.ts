import * as Stream from "effect/Stream";
import type { Nest } from "./Model.ts";
import type { Tensor } from "./Tensor.ts";
export interface Example {
    readonly features: Nest<Tensor>;
    readonly labels?: Nest<Tensor>;
}
export type Position = string;
export interface PositionedExample {
    readonly example: Example;
    readonly position: Position;
}
export interface InputSource<E = never, R = never> {
    readonly _tag: "InputSource";
    readonly batches: (from: Position | undefined) => Stream.Stream<PositionedExample, E, R>;
}
export type Input<E = never, R = never> = InputSource<E, R> | Stream.Stream<Example, E, R>;
export declare const make: <E, R>(batches: (from: Position | undefined) => Stream.Stream<PositionedExample, E, R>) => InputSource<E, R>;
export declare const fromStream: <E, R>(stream: Stream.Stream<Example, E, R>) => InputSource<E, R>;
export declare const toSource: <E, R>(input: Input<E, R>) => InputSource<E, R>;
