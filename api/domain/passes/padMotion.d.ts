import type { NodeId, NodeOf } from "../graph/Graph.ts";
import { type Context, type Pass, type Rules } from "./rebuild.ts";
export declare const padUnder: (cx: Context, x: NodeId) => NodeOf<"Pad"> | undefined;
export declare const padMotionRules: Rules;
export declare const padMotion: Pass;
