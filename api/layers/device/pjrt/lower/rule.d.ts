import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import type { OpName } from "../../../../domain/graph/ops.ts";
import type { Emitter, Value } from "./Emitter.ts";
export type Rule<K extends OpName> = (e: Emitter, node: NodeOf<K>, x: ReadonlyArray<Value>) => Value;
export type Rules = {
    readonly [K in OpName]?: Rule<K>;
};
