/**
 * `effect-estimator ops`: which engine runs which op, from the rule tables.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Command } from "effect/cli"
import { opTable } from "../../domain/graph/opTable.ts"
import { opNames as onnxOps } from "../../layers/device/onnx/lower.ts"
import { opNames as pjrtOps } from "../../layers/device/pjrt/lower.ts"
import { opNames as tensorflowOps } from "../../layers/device/tensorflow/lower.ts"
import { table } from "./table.ts"

/** @category commands @since 0.1.0 */
export const ops = Command.make(
  "ops",
  {},
  Effect.fnUntraced(function* () {
    const has = (lowered: ReadonlyArray<string>) => (op: string, composite: boolean) =>
      lowered.includes(op) ? "yes" : composite ? "decomposed" : "-"
    const [onnxOf, tensorflowOf, pjrtOf] = [has(onnxOps), has(tensorflowOps), has(pjrtOps)]
    const rows = opTable.map(({ attributes, composite, evaluate, group, op }) => [
      op,
      group,
      evaluate ? "yes" : "-",
      onnxOf(op, composite),
      tensorflowOf(op, composite),
      pjrtOf(op, composite),
      attributes.join(", ")
    ])
    yield* Console.log(table([["op", "group", "reference", "onnx", "tensorflow", "pjrt", "attributes"], ...rows]))
    const count = (column: number) => rows.filter((row) => row[column] !== "-").length
    yield* Console.log(`\n${rows.length} ops: reference ${count(2)}, onnx ${count(3)}, tensorflow ${count(4)}, pjrt ${count(5)}`)
  })
).pipe(
  Command.withDescription("Prints the op × engine table. A program with an op that its engine lacks fails when it is compiled, naming the op."),
  Command.withShortDescription("Prints which engine runs which op"),
  Command.withExamples([{ command: "effect-estimator ops" }])
)
