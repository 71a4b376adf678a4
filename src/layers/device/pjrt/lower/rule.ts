/**
 * The form of a lowering rule.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { OpName } from "../../../../domain/graph/ops.ts"
import type { Emitter, Value } from "./Emitter.ts"

/** Emits what gives the node's value, from the values of its operands. @category models @since 0.1.0 */
export type Rule<K extends OpName> = (e: Emitter, node: NodeOf<K>, x: ReadonlyArray<Value>) => Value

/** @category models @since 0.1.0 */
export type Rules = { readonly [K in OpName]?: Rule<K> }
