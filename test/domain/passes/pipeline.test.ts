import { assert, it } from "@effect/vitest"
import { optimize } from "../../../src/domain/passes/pipeline.ts"
import { assertKeeps, GraphArbitrary } from "./graphs.ts"

it.prop("keeps graphs well formed and their meaning", [GraphArbitrary], ([graph]) => assertKeeps(optimize, graph, 2e-5), { arbitrary: { runs: 400 } })

it.prop("has nothing left to do the second time", [GraphArbitrary], ([graph]) => {
  const once = optimize(graph)
  assert.strictEqual(optimize(once), once)
}, { arbitrary: { runs: 300 } })
