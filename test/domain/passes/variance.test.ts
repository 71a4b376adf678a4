import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import * as Evaluate from "../../../src/domain/graph/Evaluate.ts"
import { divergentState, replicaVariance } from "../../../src/domain/passes/variance.ts"
import { inputsOf, ReplicatedArbitrary } from "./graphs.ts"

const scalar = { dtype: "float32", shape: [] } as const

/** A variable that takes a gradient of the batch; `summed` says whether over replicas. */
const training = (summed: boolean) => {
  const b = Builder.make()
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, scalar)
  const slot = b.parameter("w/m", { _tag: "State", kind: "slot", trainable: false }, scalar)
  const x = b.parameter("x", { _tag: "Batch" }, scalar)
  const gradient = b.add("Mul", [w, x], {})
  const total = summed ? b.add("CrossReplicaSum", [gradient], {}) : gradient
  b.output("w/m", { _tag: "State" }, b.add("Add", [slot, total], {}))
  b.output("w", { _tag: "State" }, b.add("Sub", [w, slot], {}))
  return b.build()
}

it("a gradient that was not summed makes its slot, and by it the variable, diverge", () => {
  assert.deepStrictEqual(divergentState(training(true)), [])
  assert.deepStrictEqual(divergentState(training(false)), ["w", "w/m"])
})

it("what depends on the cache may differ, and the cache is no divergent state", () => {
  const b = Builder.make()
  const cache = b.parameter("cache/0", { _tag: "State", kind: "cache", trainable: false }, scalar)
  const step = b.parameter("global_step", { _tag: "State", kind: "step", trainable: false }, { dtype: "int32", shape: [] })
  const next = Builder.binary(b, "Add", cache, Builder.scalar(b, "float32", 1))
  b.output("cache/0", { _tag: "State" }, next)
  b.output("global_step", { _tag: "State" }, Builder.binary(b, "Add", step, Builder.scalar(b, "int32", 1)))
  const graph = b.build()
  const variant = replicaVariance(graph)
  assert.isTrue(variant[next])
  assert.isFalse(variant[step])
  assert.deepStrictEqual(divergentState(graph), [])
})

it.prop(
  "what is called equal is equal",
  [ReplicatedArbitrary],
  ([graph]) => {
    const variant = replicaVariance(graph)
    const [first, second] = [inputsOf(graph, 0), inputsOf(graph, 1)]
    graph.parameters.forEach((p, i) => {
      if (variant[p.node] === false) second[i] = first[i]!
    })
    const [left, right] = Evaluate.make(graph).run([first, second])
    graph.outputs.forEach((output, i) => {
      if (variant[output.node] === false) assert.deepStrictEqual(left![i], right![i])
    })
  },
  { arbitrary: { runs: 300 } }
)
