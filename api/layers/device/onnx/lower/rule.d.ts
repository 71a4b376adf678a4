import type { NodeId, NodeOf } from "../../../../domain/graph/Graph.ts";
import type { OpName } from "../../../../domain/graph/ops.ts";
import type { Value } from "../../hosted/lower/Values.ts";
import type { Emitter } from "./Emitter.ts";
export type Rule<K extends OpName> = (e: Emitter, node: NodeOf<K>, id: NodeId) => Value;
export type Rules = {
    readonly [K in OpName]?: Rule<K>;
};
