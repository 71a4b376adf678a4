/** Hand-built programs for the conformance suites. Letters: n examples of one replica, d features. */
import * as Builder from "../../src/domain/graph/Builder.ts"
import type { NodeId } from "../../src/domain/graph/Graph.ts"
import { globalStepName, type Program, randomKeyName } from "../../src/domain/Program.ts"
import type { TensorType } from "../../src/domain/Tensor.ts"

type Build = Builder.Builder

const f32 = (...shape: ReadonlyArray<number>): TensorType => ({ dtype: "float32", shape })
const i32 = (...shape: ReadonlyArray<number>): TensorType => ({ dtype: "int32", shape })

const variable = (b: Build, name: string, type: TensorType) => b.parameter(name, { _tag: "State", kind: "variable", trainable: true }, type)
const cache = (b: Build, name: string, type: TensorType) => b.parameter(name, { _tag: "State", kind: "cache", trainable: false }, type)
const batch = (b: Build, name: string, type: TensorType) => b.parameter(name, { _tag: "Batch" }, type)
const key = (b: Build) => b.parameter(randomKeyName, { _tag: "State", kind: "random", trainable: false }, i32(3))

const state = (b: Build, name: string, node: NodeId) => b.output(name, { _tag: "State" }, node)
const outfeed = (b: Build, name: string, node: NodeId) => b.output(name, { _tag: "Outfeed" }, node)

/** The global step and its successor. */
const step = (b: Build): NodeId => {
  const before = b.parameter(globalStepName, { _tag: "State", kind: "step", trainable: false }, i32())
  const after = Builder.binary(b, "Add", before, Builder.scalar(b, "int32", 1))
  state(b, globalStepName, after)
  return after
}

/** The key with its counter advanced. */
const nextKey = (b: Build, k: NodeId): NodeId => Builder.binary(b, "Add", k, Builder.constant(b, Int32Array.of(0, 0, 1), [3]))

const initStep = (b: Build) => state(b, globalStepName, Builder.scalar(b, "int32", 0))

/** Examples of one replica in `linear`. */
export const linearRows = 2
export const linearRate = 0.125

/** `w[d = 3]` fitted to `y = x w` by gradient descent on the squared error's mean; outfeeds the prediction `[n]` and the new step. */
export const linear = (replicas: number): Program => {
  const b = Builder.make()
  const w = variable(b, "w", f32(3))
  const after = step(b)
  const x = batch(b, "features/x", f32(linearRows, 3))
  const y = batch(b, "labels", f32(linearRows))
  const predicted = Builder.reshape(b, Builder.matMul(b, x, Builder.reshape(b, w, [3, 1])), [linearRows])
  const error = Builder.binary(b, "Sub", predicted, y)
  const loss = Builder.reduce(b, "ReduceMean", Builder.binary(b, "Mul", error, error), [0])
  const gradient = Builder.reshape(b, Builder.matMul(b, x, Builder.reshape(b, error, [linearRows, 1]), { transposeA: true }), [3])
  const sum = b.add("CrossReplicaSum", [gradient], {})
  const rate = Builder.scalar(b, "float32", (2 * linearRate) / (linearRows * replicas))
  state(b, "w", Builder.binary(b, "Sub", w, Builder.binary(b, "Mul", sum, rate)))
  b.output("loss", { _tag: "Loss" }, loss)
  outfeed(b, "predicted", predicted)
  outfeed(b, "step", after)
  const init = Builder.make()
  state(init, "w", Builder.constant(init, Float32Array.of(1, 0, -1), [3]))
  initStep(init)
  return { mode: "train", step: b.build(), init: init.build() }
}

/** Of bools `[1]` a replica, fed and kept: 1 for each of two that is true by `Cast`, and 2 by `Select`. No loss. */
export const bools = (): Program => {
  const bool = { dtype: "bool", shape: [1] } as const
  const b = Builder.make()
  const [kept, fed] = [variable(b, "kept", bool), batch(b, "fed", bool)]
  state(b, "kept", kept)
  const [none, two] = [0, 2].map((value) => Builder.constant(b, Float32Array.of(value), [1])) as [NodeId, NodeId] // as many as numbers
  const sides = [kept, fed].map((x) => Builder.binary(b, "Add", b.add("Cast", [x], { dtype: "float32" }), b.add("Select", [x, two, none], {})))
  outfeed(b, "sum", Builder.binary(b, "Add", sides[0]!, sides[1]!))
  const init = Builder.make()
  state(init, "kept", Builder.constant(init, Uint8Array.of(0), [1]))
  return { mode: "predict", step: b.build(), init: init.build() }
}

/** A cache `[2]` that adds up the batch; outfeeds it, the sum over replicas of the batch, the replica's number and a bool. No loss. */
export const shards = (): Program => {
  const b = Builder.make()
  const memory = cache(b, "memory", f32(2))
  step(b)
  const x = batch(b, "x", f32(2))
  const ids = batch(b, "ids", i32(1))
  const flags = batch(b, "flags", { dtype: "bool", shape: [1] })
  const added = Builder.binary(b, "Add", memory, x)
  state(b, "memory", added)
  outfeed(b, "memory", added)
  outfeed(b, "sum", b.add("CrossReplicaSum", [x], {}))
  outfeed(b, "replica", b.add("ReplicaId", [], {}))
  outfeed(b, "ids", Builder.binary(b, "Mul", ids, Builder.scalar(b, "int32", 3)))
  outfeed(b, "flags", b.add("Not", [flags], {}))
  const init = Builder.make()
  state(init, "memory", Builder.constant(init, Float32Array.of(10, 20), [2]))
  initStep(init)
  return { mode: "predict", step: b.build(), init: init.build() }
}

/** Elements of each draw of `noise`: odd, so that a block of two is cut. */
export const noiseSize = 5

/** Draws of each kind, outfed; a variable drawn at initialisation. Its batch is a number that is ignored but for the loss. */
export const noise = (): Program => {
  const b = Builder.make()
  const w = variable(b, "w", f32(noiseSize))
  const k = key(b)
  step(b)
  const x = batch(b, "x", f32(1))
  state(b, "w", w)
  state(b, randomKeyName, nextKey(b, k))
  b.output("loss", { _tag: "Loss" }, Builder.reduce(b, "ReduceSum", x, [0]))
  outfeed(b, "uniform0", b.add("RandomUniform", [k], { shape: [noiseSize], draw: 0 }))
  outfeed(b, "uniform1", b.add("RandomUniform", [k], { shape: [noiseSize], draw: 1 }))
  outfeed(b, "normal", b.add("RandomNormal", [k], { shape: [noiseSize], draw: 2 }))
  outfeed(b, "truncated", b.add("RandomTruncatedNormal", [k], { shape: [noiseSize], draw: 3 }))
  const init = Builder.make()
  state(init, "w", init.add("RandomNormal", [key(init)], { shape: [noiseSize], draw: 7 }))
  initStep(init)
  return { mode: "train", step: b.build(), init: init.build() }
}

/** Looks rows up in a table of 3; an index beyond it is an error of the step. */
export const lookup = (): Program => {
  const b = Builder.make()
  step(b)
  const ids = batch(b, "ids", i32(2))
  const table = Builder.constant(b, Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2])
  outfeed(b, "rows", b.add("Gather", [table, ids], { axis: 0 }, "model.ts:7:9"))
  const init = Builder.make()
  initStep(init)
  return { mode: "predict", step: b.build(), init: init.build() }
}

/** A variable that follows the replica's own batch: only right for one replica. */
export const diverging = (): Program => {
  const b = Builder.make()
  const w = variable(b, "w", f32(1))
  const x = batch(b, "x", f32(1))
  state(b, "w", b.add("Sub", [w, x], {}, "model.ts:9:5"))
  const init = Builder.make()
  state(init, "w", Builder.constant(init, Float32Array.of(0), [1]))
  return { mode: "train", step: b.build(), init: init.build() }
}
