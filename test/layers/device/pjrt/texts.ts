/** Programs whose modules are written by hand: what a lowering would not write. */
import type { Node } from "../../../../src/domain/graph/Graph.ts"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import type { Program } from "../../../../src/domain/Program.ts"
import type { StepModule } from "../../../../src/layers/device/pjrt/stepModule.ts"

const f1 = { dtype: "float32", shape: [1] } as const

/** One batch leaf `x: f32[1]`, given back. */
export const echo = (): Program => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, f1)
  b.output("y", { _tag: "Outfeed" }, b.add("Neg", [x], {}, "model.ts:4:2"))
  return { mode: "predict", step: b.build(), init: Builder.make().build() }
}

/** The module of `echo` with this body, from `%x: tensor<1xf32>` to what it returns. */
export const moduleOfBody = (body: string, at: StepModule["at"] = () => undefined, replicas = 1): StepModule => ({
  text: `module @m attributes {mhlo.num_replicas = ${replicas} : i32} { func.func public @main(%x: tensor<1xf32>) -> tensor<1xf32> {\n${body}\n} }`,
  arguments: [{ type: f1, source: { _tag: "Batch", index: 0 } }],
  results: [{ type: f1, target: { _tag: "Outfeed", index: 0 } }],
  failures: [],
  at
})

/** The node that `echo` computes its output by. */
export const echoNode = (): Node => echo().step.nodes[1]!

/** Sorts 2^40 numbers: 4 TiB that no machine here has. */
export const tooLarge = `  %b = stablehlo.broadcast_in_dim %x, dims = [0] : (tensor<1xf32>) -> tensor<1099511627776xf32>
  %i = stablehlo.iota dim = 0 : tensor<1099511627776xf32>
  %d = stablehlo.multiply %b, %i : tensor<1099511627776xf32>
  %s = "stablehlo.sort"(%d) <{dimension = 0 : i64, is_stable = true}> ({
  ^bb0(%p: tensor<f32>, %q: tensor<f32>):
    %c = stablehlo.compare LT, %p, %q : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  }) : (tensor<1099511627776xf32>) -> tensor<1099511627776xf32>
  %r = stablehlo.slice %s [0:1] : (tensor<1099511627776xf32>) -> tensor<1xf32>
  return %r : tensor<1xf32>`

/** A collective among partitions where there are replicas only: a check inside XLA ends its process. */
export const aborting = `  %r = "stablehlo.collective_permute"(%x) <{source_target_pairs = dense<[[0, 1], [1, 0]]> : tensor<2x2xi64>, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>}> : (tensor<1xf32>) -> tensor<1xf32>
  return %r : tensor<1xf32>`
