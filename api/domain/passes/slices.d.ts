import * as Builder from "../graph/Builder.ts";
import type { NodeId } from "../graph/Graph.ts";
import { type Pass, type Rules } from "./rebuild.ts";
export declare const sliceOf: (cx: Builder.Builder, x: NodeId, begin: ReadonlyArray<number>, size: ReadonlyArray<number>, strides?: ReadonlyArray<number>) => NodeId;
export declare const sliceRules: Rules;
export declare const slices: Pass;
