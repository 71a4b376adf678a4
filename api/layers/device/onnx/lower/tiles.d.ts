import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import type { PoolAttrs } from "../../../../domain/graph/ops.ts";
import type { Emitter } from "./Emitter.ts";
export declare const isTiling: ({ padding, strides, window }: PoolAttrs) => boolean;
export declare const maxOfTiles: (e: Emitter, node: NodeOf<"MaxPool">) => string;
export declare const maxOfTilesGrad: (e: Emitter, node: NodeOf<"MaxPoolGrad">) => string;
export declare const meanOfTilesGrad: (e: Emitter, node: NodeOf<"AvgPoolGrad">) => string;
