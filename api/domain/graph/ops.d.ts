import type { DType, Shape, TensorData } from "../Tensor.ts";
export type Padding2d = readonly [readonly [number, number], readonly [number, number]];
export interface ConvAttrs {
    readonly strides: readonly [number, number];
    readonly padding: Padding2d;
    readonly dilations: readonly [number, number];
    readonly depthwise?: true;
}
export interface PoolAttrs {
    readonly window: readonly [number, number];
    readonly strides: readonly [number, number];
    readonly padding: Padding2d;
}
export interface ReduceAttrs {
    readonly axes: ReadonlyArray<number>;
    readonly keepDims: boolean;
}
export interface RandomAttrs {
    readonly shape: Shape;
    readonly draw: number;
    readonly replica?: number;
}
type None = {
    readonly [key: string]: never;
};
export declare const unaryOps: readonly ["Neg", "Abs", "Sign", "Exp", "Expm1", "Log", "Log1p", "Sqrt", "Rsqrt", "Reciprocal", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Sigmoid", "Softplus", "Relu", "Erf", "Floor", "Ceil", "Round"];
export declare const binaryOps: readonly ["Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Max", "Min", "Atan2"];
export declare const compareOps: readonly ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"];
export declare const logicalOps: readonly ["And", "Or"];
export declare const predicateOps: readonly ["IsNan", "IsInf", "IsFinite"];
export declare const reduceOps: readonly ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceAny", "ReduceAll"];
export declare const randomOps: readonly ["RandomUniform", "RandomNormal", "RandomTruncatedNormal"];
export type UnaryOp = (typeof unaryOps)[number];
export type BinaryOp = (typeof binaryOps)[number];
export type CompareOp = (typeof compareOps)[number];
export type LogicalOp = (typeof logicalOps)[number];
export type PredicateOp = (typeof predicateOps)[number];
export type ReduceOp = (typeof reduceOps)[number];
export type RandomOp = (typeof randomOps)[number];
export interface OpAttrs extends Record<UnaryOp, None>, Record<BinaryOp, None>, Record<CompareOp, None>, Record<LogicalOp, None>, Record<PredicateOp, None>, Record<ReduceOp, ReduceAttrs>, Record<RandomOp, RandomAttrs> {
    readonly Parameter: {
        readonly index: number;
        readonly dtype: DType;
        readonly shape: Shape;
    };
    readonly Constant: {
        readonly shape: Shape;
        readonly data: TensorData;
    };
    readonly Fill: {
        readonly dtype: DType;
        readonly shape: Shape;
        readonly value: number;
    };
    readonly Iota: {
        readonly dtype: DType;
        readonly shape: Shape;
        readonly axis: number;
    };
    readonly ReplicaId: None;
    readonly Not: None;
    readonly BitwiseAnd: None;
    readonly Cast: {
        readonly dtype: DType;
    };
    readonly ReducePrecision: {
        readonly exponentBits: number;
        readonly mantissaBits: number;
    };
    readonly Select: None;
    readonly Reshape: {
        readonly shape: Shape;
    };
    readonly Transpose: {
        readonly perm: ReadonlyArray<number>;
    };
    readonly Broadcast: {
        readonly shape: Shape;
    };
    readonly Concat: {
        readonly axis: number;
    };
    readonly Slice: {
        readonly begin: ReadonlyArray<number>;
        readonly size: ReadonlyArray<number>;
        readonly strides: ReadonlyArray<number>;
    };
    readonly Pad: {
        readonly paddings: ReadonlyArray<readonly [number, number]>;
        readonly value: number;
    };
    readonly Reverse: {
        readonly axes: ReadonlyArray<number>;
    };
    readonly Gather: {
        readonly axis: number;
    };
    readonly SegmentSum: {
        readonly numSegments: number;
    };
    readonly OneHot: {
        readonly depth: number;
        readonly onValue: number;
        readonly offValue: number;
        readonly dtype: DType;
    };
    readonly ArgMax: {
        readonly axis: number;
    };
    readonly ArgMin: {
        readonly axis: number;
    };
    readonly TopKValues: {
        readonly k: number;
    };
    readonly TopKIndices: {
        readonly k: number;
    };
    readonly CumSum: {
        readonly axis: number;
        readonly exclusive: boolean;
        readonly reverse: boolean;
    };
    readonly MatMul: {
        readonly transposeA: boolean;
        readonly transposeB: boolean;
        readonly exact?: true;
    };
    readonly Softmax: None;
    readonly LogSoftmax: None;
    readonly Conv2D: ConvAttrs;
    readonly Conv2DBackpropInput: ConvAttrs & {
        readonly inputShape: Shape;
    };
    readonly Conv2DBackpropFilter: ConvAttrs & {
        readonly filterShape: Shape;
    };
    readonly MaxPool: PoolAttrs;
    readonly MaxPoolGrad: PoolAttrs;
    readonly AvgPool: PoolAttrs;
    readonly AvgPoolGrad: PoolAttrs & {
        readonly inputShape: Shape;
    };
    readonly Barrier: None;
    readonly CrossReplicaSum: None;
}
export type OpName = keyof OpAttrs;
export type Attrs<K extends OpName> = OpAttrs[K];
export {};
