import type { NodeId, NodeOf } from "../graph/Graph.ts";
import { type Shape } from "../Tensor.ts";
import { type Context, type Pass, type Rules } from "./rebuild.ts";
export declare const sliceBefore: (from: Shape, to: Shape, slice: NodeOf<"Slice">["attrs"]) => NodeOf<"Slice">["attrs"] | undefined;
export declare const sliceOfTranspose: (cx: Context, inner: NodeOf<"Transpose">, { begin, size, strides }: NodeOf<"Slice">["attrs"], cut: (x: NodeId, attrs: NodeOf<"Slice">["attrs"]) => NodeId) => NodeId;
export declare const sliceMotionRules: Rules;
export declare const sliceMotion: Pass;
