import type { OpName } from "../../../../domain/graph/ops.ts";
import type { RuleOf, RulesOf } from "../../hosted/lower/rule.ts";
import type { Emitter } from "./Emitter.ts";
export type Rule<K extends OpName> = RuleOf<Emitter, K>;
export type Rules = RulesOf<Emitter>;
