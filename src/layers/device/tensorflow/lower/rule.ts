/**
 * The form of a lowering rule.
 *
 * @since 0.1.0
 */
import type { OpName } from "../../../../domain/graph/ops.ts"
import type { RuleOf, RulesOf } from "../../hosted/lower/rule.ts"
import type { Emitter } from "./Emitter.ts"

/** @category models @since 0.1.0 */
export type Rule<K extends OpName> = RuleOf<Emitter, K>

/** @category models @since 0.1.0 */
export type Rules = RulesOf<Emitter>
