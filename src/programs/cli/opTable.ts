/**
 * The op × engine table, for the command line and for docs/ops.md.
 *
 * @since 0.1.0
 */
import { opTable } from "../../domain/graph/opTable.ts"

/** @category models @since 0.1.0 */
export interface OpRow {
  readonly op: string
  readonly group: string
  /** `yes`, `-`, or by what other way than a rule of the op. */
  readonly reference: string
  /** `yes`, `decomposed` into other ops, or `-`. */
  readonly onnx: string
  readonly tensorflow: string
  readonly pjrt: string
  readonly attributes: string
}

/** @category constants @since 0.1.0 */
export const heading: ReadonlyArray<string> = ["op", "group", "reference", "onnx", "tensorflow", "pjrt", "attributes"]

/** What the reference engine does not compute by a rule of the op: see `Evaluate.ts`. */
const given = new Map([
  ["Parameter", "given"],
  ["CrossReplicaSum", "over replicas"]
])

const loweringOf = (lowered: ReadonlyArray<string>, op: string, composite: boolean): string =>
  lowered.includes(op) ? "yes" : composite ? "decomposed" : "-"

/** One row for each op. The engines' rule tables are large: they are loaded when the table is asked for. @category constructors @since 0.1.0 */
export const opRows = async (): Promise<ReadonlyArray<OpRow>> => {
  const [onnx, tensorflow, pjrt] = await Promise.all([
    import("../../layers/device/onnx/lower.ts"),
    import("../../layers/device/tensorflow/lower.ts"),
    import("../../layers/device/pjrt/lower.ts")
  ])
  return opTable.map(({ attributes, composite, evaluate, group, op }) => ({
    op,
    group,
    reference: given.get(op) ?? (evaluate ? "yes" : "-"),
    onnx: loweringOf(onnx.opNames, op, composite),
    tensorflow: loweringOf(tensorflow.opNames, op, composite),
    pjrt: loweringOf(pjrt.opNames, op, composite),
    attributes: attributes.join(", ")
  }))
}

/** Its cells in the order of the heading. @category conversions @since 0.1.0 */
export const cellsOf = ({ attributes, group, onnx, op, pjrt, reference, tensorflow }: OpRow): ReadonlyArray<string> => [
  op,
  group,
  reference,
  onnx,
  tensorflow,
  pjrt,
  attributes
]
