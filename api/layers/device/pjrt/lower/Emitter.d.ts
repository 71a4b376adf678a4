import type { Node } from "../../../../domain/graph/Graph.ts";
import { type DType, type Shape, type TensorData } from "../../../../domain/Tensor.ts";
import { type ElementType } from "./text.ts";
export interface Value {
    readonly name: string;
    readonly type: ElementType;
    readonly shape: Shape;
    readonly isBfloat16?: true;
}
export interface Check {
    readonly node: Node;
    readonly holds: Value;
}
export interface Line {
    readonly text: string;
    readonly node?: Node | undefined;
}
export type Precision = "default" | "highest" | "bfloat16";
export interface LowerOptions {
    readonly replicas: number;
    readonly precision: Precision;
    readonly wide: boolean;
    readonly portable?: boolean;
    readonly parts?: number | undefined;
    readonly isGrid?: boolean | undefined;
}
export type Functions = Map<string, ReadonlyArray<Line>>;
export declare const typeOf: (x: Value) => string;
export declare class Emitter {
    #private;
    readonly options: LowerOptions;
    readonly functions: Functions;
    readonly draws: ReadonlyArray<number>;
    readonly lines: Array<Line>;
    readonly checks: Array<Check>;
    node: Node | undefined;
    constructor(options: LowerOptions, functions: Functions, draws?: ReadonlyArray<number>);
    emitAll(text: string, results: ReadonlyArray<{
        readonly type: ElementType;
        readonly shape: Shape;
    }>): ReadonlyArray<Value>;
    emit(text: string, type: ElementType, shape: Shape): Value;
    fill(type: ElementType, shape: Shape, value: number): Value;
    scalar(type: ElementType, value: number): Value;
    like(x: Value, value: number): Value;
    literal(type: DType, shape: Shape, data: TensorData): Value;
    convert(x: Value, type: ElementType): Value;
    bitcast(x: Value, type: ElementType, shape?: Shape): Value;
    barrier(values: readonly [Value, Value]): readonly [Value, Value];
    unary(op: string, x: Value): Value;
    chlo(op: string, x: Value): Value;
    binary(op: string, a: Value, b: Value): Value;
    by(op: string, x: Value, value: number): Value;
    compare(direction: string, a: Value, b: Value): Value;
    isNan(x: Value): Value;
    select(condition: Value, a: Value, b: Value): Value;
    broadcast(x: Value, shape: Shape, axes: ReadonlyArray<number>): Value;
    expand(x: Value, shape: Shape): Value;
    reshape(x: Value, shape: Shape): Value;
    transpose(x: Value, perm: ReadonlyArray<number>): Value;
    slice(x: Value, begin: Shape, size: Shape, strides?: Shape): Value;
    pad(x: Value, low: ReadonlyArray<number>, high: ReadonlyArray<number>, interior: ReadonlyArray<number>, value: number): Value;
    reverse(x: Value, axes: ReadonlyArray<number>): Value;
    concat(parts: ReadonlyArray<Value>, axis: number): Value;
    iota(type: ElementType, shape: Shape, axis: number): Value;
    reduce(op: string, x: Value, axes: ReadonlyArray<number>, none: number): Value;
    all(x: Value): Value;
    call(name: string, operands: ReadonlyArray<Value>, type: ElementType, shape: Shape): Value;
}
export declare const joining: (op: string, type: ElementType) => string;
export declare const literalLimit = 65536;
export declare const isBig: (node: Node) => boolean;
