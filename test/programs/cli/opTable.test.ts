import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { cellsOf, heading, opRows } from "../../../src/programs/cli/opTable.ts"

it("the op × engine table of docs/ops.md is that of the rule tables", async () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../../docs/ops.md"), "utf8")
  const written = page
    .slice(page.indexOf("## Ops of the intermediate representation"))
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("`", ""))
    )
  const rows = (await opRows()).map(cellsOf)
  assert.deepStrictEqual(written, [[...heading], heading.map(() => "---"), ...rows.map((row) => [...row])])
  const of = new Map(rows.map(([op, , ...engines]) => [op, engines.slice(0, 3)]))
  assert.deepStrictEqual(of.get("Parameter"), ["given", "yes", "yes"])
  assert.deepStrictEqual(of.get("MatMul"), ["yes", "yes", "yes"])
})
