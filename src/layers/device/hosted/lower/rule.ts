/**
 * The form of a lowering rule.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { OpName } from "../../../../domain/graph/ops.ts"
import type { Value, Values } from "./Values.ts"

/** Emits what gives the node's value; its operands have been lowered before. @category models @since 0.1.0 */
export type RuleOf<E extends Values, K extends OpName> = (e: E, node: NodeOf<K>) => Value

/** @category models @since 0.1.0 */
export type RulesOf<E extends Values> = { readonly [K in OpName]?: RuleOf<E, K> }
