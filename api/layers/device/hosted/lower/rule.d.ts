import type { NodeOf } from "../../../../domain/graph/Graph.ts";
import type { OpName } from "../../../../domain/graph/ops.ts";
import type { Value, Values } from "./Values.ts";
export type RuleOf<E extends Values, K extends OpName> = (e: E, node: NodeOf<K>) => Value;
export type RulesOf<E extends Values> = {
    readonly [K in OpName]?: RuleOf<E, K>;
};
