/** Programs for the ONNX engine's own tests. */
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import type { NodeId, StateKind } from "../../../../src/domain/graph/Graph.ts"
import type { Program } from "../../../../src/domain/Program.ts"
import type { TensorType } from "../../../../src/domain/Tensor.ts"

const f32 = (...shape: ReadonlyArray<number>): TensorType => ({ dtype: "float32", shape })

type Outputs = { readonly [name: string]: NodeId }

const finish = (b: Builder.Builder, outputs: Outputs, init: { readonly [name: string]: Float32Array }): Program => {
  for (const [name, node] of Object.entries(outputs)) b.output(name, { _tag: name.startsWith("out") ? "Outfeed" : "State" }, node)
  const first = Builder.make()
  for (const [name, data] of Object.entries(init)) first.output(name, { _tag: "State" }, Builder.constant(first, data, [data.length]))
  return { mode: "predict", step: b.build(), init: first.build() }
}

const state = (b: Builder.Builder, name: string, kind: StateKind, size: number) =>
  b.parameter(name, { _tag: "State", kind, trainable: false }, f32(size))

/** One step of about `micros` microseconds or more: matrix products one after the other. */
export const heavy = (micros: number): Program => {
  const b = Builder.make()
  const x = b.parameter("x", { _tag: "Batch" }, f32(1))
  const n = 128
  let product = Builder.broadcastTo(b, Builder.reshape(b, x, [1, 1]), [n, n])
  for (let i = 0; i < micros / 20; i++) product = Builder.unary(b, "Tanh", Builder.matMul(b, product, product, { transposeA: i % 2 === 0 }))
  return finish(b, { out: Builder.reduce(b, "ReduceSum", product, [0, 1]) }, {})
}

/**
 * `memory`: shifted by the batch; `total`: the batch added up; `kept`: never written; `a` and `b` change places.
 * Outfeeds the memory as it was.
 */
export const shift = (): Program => {
  const b = Builder.make()
  const memory = state(b, "memory", "cache", 4)
  const total = state(b, "total", "variable", 1)
  const kept = state(b, "kept", "variable", 1)
  const [p, q] = [state(b, "a", "variable", 1), state(b, "b", "variable", 1)]
  const x = b.parameter("x", { _tag: "Batch" }, f32(1))
  const rest = b.add("Slice", [memory], { begin: [1], size: [3], strides: [1] })
  const outputs = { memory: b.add("Concat", [rest, x], { axis: 0 }), total: b.add("Add", [total, x], {}), kept, a: q, b: p, out: memory }
  const init = { memory: new Float32Array(4), total: new Float32Array(1), kept: Float32Array.of(5), a: Float32Array.of(1), b: Float32Array.of(2) }
  return finish(b, outputs, init)
}

/** A batch leaf and a state leaf without elements beside one with; outfeeds all three. */
export const empty = (): Program => {
  const b = Builder.make()
  const none = state(b, "none", "variable", 0)
  const rows = b.parameter("rows", { _tag: "Batch" }, f32(0, 3))
  const x = b.parameter("x", { _tag: "Batch" }, f32(2))
  const doubled = b.add("Add", [rows, rows], {})
  const outputs = {
    none: b.add("Neg", [none], {}),
    outRows: doubled,
    outSum: Builder.binary(b, "Add", x, Builder.reduce(b, "ReduceSum", rows, [0, 1]))
  }
  return finish(b, outputs, { none: new Float32Array(0) })
}
