/**
 * `effect-estimator ops`: which engine runs which op, from the rule tables.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Command } from "effect/cli"
import { cellsOf, heading, opRows } from "./opTable.ts"
import { table } from "./table.ts"

/** @category commands @since 0.1.0 */
export const ops = Command.make(
  "ops",
  {},
  Effect.fnUntraced(function* () {
    const rows = yield* Effect.promise(opRows)
    yield* Console.log(table([heading, ...rows.map(cellsOf)]))
    const counts = (["reference", "onnx", "tensorflow", "pjrt"] as const).map(
      (engine) => `${engine} ${rows.filter((row) => row[engine] !== "-").length}`
    )
    yield* Console.log(`\n${rows.length} ops: ${counts.join(", ")}`)
  })
).pipe(
  Command.withDescription("Prints the op × engine table. A program with an op that its engine lacks fails when it is compiled, naming the op."),
  Command.withShortDescription("Prints which engine runs which op"),
  Command.withExamples([{ command: "effect-estimator ops" }])
)
