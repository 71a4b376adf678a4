import { it } from "@effect/vitest"
import { optimize } from "../../../src/domain/passes/pipeline.ts"
import { algebraic } from "../../../src/domain/passes/algebraic.ts"
import { broadcastMotion } from "../../../src/domain/passes/broadcastMotion.ts"
import { constantFolding } from "../../../src/domain/passes/constantFolding.ts"
import { matMulBatch } from "../../../src/domain/passes/matMulBatch.ts"
import { matMulTranspose } from "../../../src/domain/passes/matMulTranspose.ts"
import { reshapes } from "../../../src/domain/passes/reshapes.ts"
import { slices } from "../../../src/domain/passes/slices.ts"
import { replicate } from "../../../src/domain/passes/replicate.ts"
import * as Evaluate from "../../../src/domain/graph/Evaluate.ts"
import { assertKeeps, GraphArbitrary, ReplicatedArbitrary, inputsOf, assertClose } from "./graphs.ts"
const runs = { arbitrary: { runs: 1500, seed: "q1" } }
for (const [n, p, t] of [["opt", optimize, 2e-5], ["alg", algebraic, 0], ["bc", broadcastMotion, 1e-6], ["cf", constantFolding, 0], ["mb", matMulBatch, 1e-5], ["mt", matMulTranspose, 0], ["rs", reshapes, 0], ["sl", slices, 0]] as const)
it.prop(n, [GraphArbitrary], ([graph]) => assertKeeps(p, graph, t), runs)
it.prop("rep", [ReplicatedArbitrary], ([graph]) => {
  for (const n of [1, 2, 3]) {
    const { graph: merged, map } = replicate(graph, n)
    const inputs = Array.from({ length: n }, (_, k) => inputsOf(graph, k))
    // state other than cache is equal on all replicas
    graph.parameters.forEach((p, i) => { if (p.role._tag === "State" && p.role.kind !== "cache") for (let k = 1; k < n; k++) inputs[k]![i] = inputs[0]![i]! })
    const expected = Evaluate.make(graph).run(inputs)
    const actual = Evaluate.evaluate(merged, map.parameters.map(({ index, replica }) => inputs[replica ?? 0]![index]!))
    map.outputs.forEach(({ index, replica }, i) => {
      if (graph.outputs[index]!.role._tag === "Loss" && n > 1) return
      for (const k of replica === undefined ? inputs.keys() : [replica]) assertClose([actual[i]!], [expected[k]![index]!])
    })
  }
}, runs)
