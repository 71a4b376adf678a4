import { assert, it } from "@effect/vitest"
import { Result } from "effect"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import * as Evaluate from "../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../src/domain/graph/Graph.ts"
import { print } from "../../../src/domain/graph/print.ts"
import { verify } from "../../../src/domain/graph/verify.ts"
import { replicate } from "../../../src/domain/passes/replicate.ts"
import { replicaVariance } from "../../../src/domain/passes/variance.ts"
import { assertClose, inputsOf, ReplicatedArbitrary } from "./graphs.ts"

/** A step with what is equal on all replicas, and what is each one's own. */
const mixed = (): Graph => {
  const b = Builder.make()
  const w = b.parameter("w", { _tag: "State", kind: "variable", trainable: true }, { dtype: "float32", shape: [2] })
  const key = b.parameter("random_key", { _tag: "State", kind: "random", trainable: false }, { dtype: "int32", shape: [3] })
  const x = b.parameter("x", { _tag: "Batch" }, { dtype: "float32", shape: [2] })
  const noisy = b.add("Add", [x, b.add("RandomNormal", [key], { shape: [2], draw: 0 })], {})
  const error = b.add("Mul", [Builder.unary(b, "Exp", w), noisy], {})
  const shifted = Builder.binary(b, "Add", error, Builder.cast(b, b.add("ReplicaId", [], {}), "float32"))
  b.output("w", { _tag: "State" }, b.add("Sub", [w, b.add("CrossReplicaSum", [shifted], {})], {}))
  b.output("random_key", { _tag: "State" }, key)
  b.output("loss", { _tag: "Loss" }, Builder.reduce(b, "ReduceSum", error, [0]))
  b.output("noisy", { _tag: "Outfeed" }, noisy)
  b.output("gain", { _tag: "Outfeed" }, Builder.unary(b, "Exp", w))
  return b.build()
}

it("what is equal is there once, a sum over replicas is a chain in their order", ({ expect }) => {
  const { graph, map } = replicate(mixed(), 2)
  expect(`\n${print(graph)}\n`).toMatchInlineSnapshot(`
    "
    %0: f32[2] = Parameter index=0 "w" variable trainable
    %1: i32[3] = Parameter index=1 "random_key" random
    %2: f32[2] = Parameter index=2 "x/replica_0" batch
    %3: f32[2] = Parameter index=3 "x/replica_1" batch
    %4: f32[2] = RandomNormal(%1) draw=0
    %5: f32[2] = RandomNormal(%1) draw=0 replica=1
    %6: f32[2] = Add(%2, %4)
    %7: f32[2] = Add(%3, %5)
    %8: f32[2] = Exp(%0)
    %9: f32[2] = Mul(%8, %6)
    %10: f32[2] = Mul(%8, %7)
    %11: i32[] = Fill value=0
    %12: i32[] = Fill value=1
    %13: f32[] = Cast(%11)
    %14: f32[] = Cast(%12)
    %15: f32[2] = Broadcast(%13)
    %16: f32[2] = Broadcast(%14)
    %17: f32[2] = Add(%9, %15)
    %18: f32[2] = Add(%10, %16)
    %19: f32[2] = Add(%17, %18)
    %20: f32[2] = Sub(%0, %19)
    %21: f32[] = ReduceSum(%9) axes=[0] keepDims=false
    %22: f32[] = ReduceSum(%10) axes=[0] keepDims=false
    %23: f32[] = Add(%21, %22)
    %24: f32[] = Fill value=2
    %25: f32[] = Div(%23, %24)
    output state "w" %20
    output state "random_key" %1
    output loss "loss" %25
    output outfeed "noisy/replica_0" %6
    output outfeed "noisy/replica_1" %7
    output outfeed "gain" %8
    "
  `)
  assert.deepStrictEqual(map.parameters, [
    { index: 0, replica: undefined },
    { index: 1, replica: undefined },
    { index: 2, replica: 0 },
    { index: 2, replica: 1 }
  ])
  assert.deepStrictEqual(map.outputs.slice(3), [
    { index: 3, replica: 0 },
    { index: 3, replica: 1 },
    { index: 4, replica: undefined }
  ])
})

/** Operands of each replica; state that the graph keeps equal is. */
const operands = (graph: Graph, n: number) => {
  const variant = replicaVariance(graph)
  const inputs = Array.from({ length: n }, (_, k) => inputsOf(graph, k))
  graph.parameters.forEach((p, i) => {
    if (variant[p.node] === false) for (const own of inputs) own[i] = inputs[0]![i]!
  })
  return inputs
}

it.prop(
  "the merged graph gives the bits that the replicas give in lock step",
  [ReplicatedArbitrary],
  ([graph]) => {
    for (const n of [1, 2, 3]) {
      const { graph: merged, map } = replicate(graph, n)
      if (n === 1) assert.isTrue(Result.isSuccess(verify(merged)))
      const inputs = operands(graph, n)
      const expected = Evaluate.make(graph).run(inputs)
      const actual = Evaluate.evaluate(
        merged,
        map.parameters.map(({ index, replica }) => inputs[replica ?? 0]![index]!)
      )
      map.outputs.forEach(({ index, replica }, i) => {
        const isMean = graph.outputs[index]!.role._tag === "Loss" && n > 1
        if (isMean) {
          const total = expected.reduce((sum, of, k) => (k === 0 ? of[index]![0]! : Math.fround(sum + of[index]![0]!)), 0)
          assertClose([actual[i]!], [Float32Array.of(total / n)])
        } else for (const k of replica === undefined ? inputs.keys() : [replica]) assertClose([actual[i]!], [expected[k]![index]!])
      })
    }
  },
  { arbitrary: { runs: 300 } }
)
