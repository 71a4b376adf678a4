/**
 * All ops in one list, for the table of ops and engines.
 *
 * @since 0.1.0
 */
import { attrSpecs, opNames } from "./attrSpecs.ts"
import { isComposite } from "./decompose.ts"
import { evaluateRules } from "./evaluateRules.ts"
import { binaryOps, compareOps, logicalOps, type OpName, predicateOps, randomOps, reduceOps, unaryOps } from "./ops.ts"

/** @category models @since 0.1.0 */
export interface OpEntry {
  readonly op: OpName
  readonly group: string
  readonly attributes: ReadonlyArray<string>
  /** Has a reference meaning: all have. */
  readonly evaluate: boolean
  /** Can be written in smaller ops, so an engine may do without a lowering. */
  readonly composite: boolean
}

const groups: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["unary", unaryOps],
  ["binary", [...binaryOps, "BitwiseAnd"]],
  ["compare", compareOps],
  ["logical", [...logicalOps, "Not", "Select"]],
  ["predicate", predicateOps],
  ["reduce", [...reduceOps, "ArgMax", "ArgMin", "TopKValues", "TopKIndices", "CumSum", "SegmentSum", "Softmax", "LogSoftmax"]],
  ["random", randomOps],
  ["source", ["Parameter", "Constant", "Fill", "Iota", "ReplicaId"]],
  ["matrix", ["MatMul", "Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"]],
  ["pool", ["MaxPool", "MaxPoolGrad", "AvgPool", "AvgPoolGrad"]],
  ["collective", ["CrossReplicaSum"]]
]

/** Every op once, grouped; ops of no group above move elements. @category tables @since 0.1.0 */
export const opTable: ReadonlyArray<OpEntry> = opNames.map((op) => ({
  op,
  group: groups.find(([, ops]) => ops.includes(op))?.[0] ?? "structure",
  attributes: Object.keys(attrSpecs[op]),
  evaluate: op in evaluateRules || op === "Parameter" || op === "CrossReplicaSum",
  composite: isComposite(op)
}))
