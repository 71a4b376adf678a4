import type { NodeId, NodeOf } from "../graph/Graph.ts";
import { type OpName } from "../graph/ops.ts";
import type { Shape } from "../Tensor.ts";
import type { Context, Rule, Rules } from "./rebuild.ts";
export declare const elementwiseOps: readonly ["Neg", "Abs", "Sign", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Sigmoid", "Softplus", "Relu", "Erf", "Floor", "Ceil", "Round", "Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Max", "Min", "Atan2", "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "And", "Or", "IsNan", "IsInf", "IsFinite", "Not", "Cast", "ReducePrecision", "Select"];
export declare const isElementwise: (op: OpName) => boolean;
export declare const as: <K extends OpName>(cx: Context, id: NodeId, op: K) => NodeOf<K> | undefined;
export declare const fillOf: (cx: Context, id: NodeId) => number | undefined;
export declare const isFill: (cx: Context, id: NodeId, value: number) => boolean;
export declare const isPowerOfTwo: (x: number) => boolean;
export declare const padShape: (shape: Shape, rank: number) => Array<number>;
export declare const forOps: <K extends OpName>(ops: ReadonlyArray<K>, ...rules: ReadonlyArray<Rule<K>>) => Rules;
export interface AxisRun {
    readonly from: ReadonlyArray<number>;
    readonly to: ReadonlyArray<number>;
}
export declare const axisRuns: (from: Shape, to: Shape) => ReadonlyArray<AxisRun> | undefined;
export declare const range: (start: number, end: number) => Array<number>;
export interface CarriedAxis {
    readonly axis: number;
    readonly scale: number;
}
export declare const carriedAxis: (from: Shape, to: Shape, axis: number) => CarriedAxis | undefined;
export declare const matrixAxes: (matrix: Shape, shape: Shape) => readonly [rows: ReadonlyArray<number>, columns: ReadonlyArray<number>] | undefined;
