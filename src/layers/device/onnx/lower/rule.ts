/**
 * The form of a lowering rule.
 *
 * @since 0.1.0
 */
import type { NodeId, NodeOf } from "../../../../domain/graph/Graph.ts"
import type { OpName } from "../../../../domain/graph/ops.ts"
import type { Value } from "../../hosted/lower/Values.ts"
import type { Emitter } from "./Emitter.ts"

/** Emits what gives the node's value; its operands have been lowered before. @category models @since 0.1.0 */
export type Rule<K extends OpName> = (e: Emitter, node: NodeOf<K>, id: NodeId) => Value

/** @category models @since 0.1.0 */
export type Rules = { readonly [K in OpName]?: Rule<K> }
