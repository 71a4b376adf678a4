/** Runs a function on tfjs's CPU backend and, recorded, through the reference evaluation of the graph. */
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../src/domain/graph/Graph.ts"
import type { DType, TensorData } from "../../../src/domain/Tensor.ts"
import { extract } from "../../../src/layers/tracing/extract.ts"
import { Recording } from "../../../src/layers/tracing/Recording.ts"
import { outerStates, withRecording } from "../../../src/layers/tracing/session.ts"

export interface Input {
  readonly dtype: DType
  readonly shape: ReadonlyArray<number>
  readonly data: Float32Array | Int32Array | Uint8Array
}

export interface Value {
  readonly dtype: string
  readonly shape: ReadonlyArray<number>
  readonly data: ReadonlyArray<number>
}

export type F = (...xs: Array<tf.Tensor>) => tf.Tensor | Array<tf.Tensor>

let state = 1
const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296
const size = (shape: ReadonlyArray<number>) => shape.reduce((a, b) => a * b, 1)

/** Uniform in `[low, high)`; the same list of calls gives the same data in each run. */
export const f32 = (shape: ReadonlyArray<number>, low = -2, high = 2): Input => ({
  dtype: "float32",
  shape,
  data: Float32Array.from({ length: size(shape) }, () => low + (high - low) * next())
})
export const i32 = (shape: ReadonlyArray<number>, low = -5, high = 6): Input => ({
  dtype: "int32",
  shape,
  data: Int32Array.from({ length: size(shape) }, () => Math.floor(low + (high - low) * next()))
})
export const bool = (shape: ReadonlyArray<number>): Input => ({
  dtype: "bool",
  shape,
  data: Uint8Array.from({ length: size(shape) }, () => (next() < 0.5 ? 0 : 1))
})
export const values = (dtype: DType, shape: ReadonlyArray<number>, ...data: ReadonlyArray<number>): Input => ({
  dtype,
  shape,
  data: dtype === "float32" ? Float32Array.from(data) : dtype === "int32" ? Int32Array.from(data) : Uint8Array.from(data)
})

const listOf = (x: tf.Tensor | Array<tf.Tensor>) => (Array.isArray(x) ? x : [x])

export const onCpu = (f: F, inputs: ReadonlyArray<Input>): ReadonlyArray<Value> =>
  tf.tidy(
    () =>
      listOf(f(...inputs.map((x) => tf.tensor(x.data, [...x.shape], x.dtype)))).map((t) => ({
        dtype: t.dtype,
        shape: t.shape,
        data: [...t.dataSync()]
      })) as never
  ) as unknown as ReadonlyArray<Value> // tidy is typed for tensors only

/** How a graph gets its values: parameters in, outputs out. */
export type Evaluation = (graph: Graph, parameters: ReadonlyArray<TensorData>) => ReadonlyArray<TensorData>

export interface Recorded {
  readonly graph: Graph
  readonly types: ReadonlyArray<Omit<Value, "data">>
}

/** The graph of `f`, with a parameter for each input. */
export const graphOf = (f: F, inputs: ReadonlyArray<Omit<Input, "data">>): Recorded => {
  const recording = new Recording(1, outerStates())
  const parameters = inputs.map((x, i) => {
    const type = { dtype: x.dtype, shape: x.shape }
    return { name: `x${i}`, role: { _tag: "Batch" } as const, type, node: recording.builder.parameter(`x${i}`, { _tag: "Batch" }, type) }
  })
  return withRecording(recording, 1, () => {
    const outs = listOf(f(...parameters.map(({ node, name }) => recording.tensor(node, name))))
    const nodes = outs.map((t) => recording.nodeOf(t, "output", undefined))
    return {
      types: outs.map((t) => ({ dtype: t.dtype, shape: t.shape })),
      graph: extract(recording.builder, { parameters, outputs: nodes.map((node, i) => ({ name: `y${i}`, role: { _tag: "Outfeed" }, node })) })
    }
  })
}

export const recorded = (f: F, inputs: ReadonlyArray<Input>, evaluation: Evaluation = evaluate): ReadonlyArray<Value> => {
  const { graph, types } = graphOf(f, inputs)
  const results = evaluation(
    graph,
    inputs.map((x) => x.data)
  )
  return types.map((type, i) => ({ ...type, data: [...results[i]!] }))
}

/** Gradients of `sum(f(xs) * w)` for fixed weights `w`. */
export const gradientsOf =
  (f: F): F =>
  (...xs) => {
    const weighted = (...ys: Array<tf.Tensor>) => {
      const terms = listOf(f(...ys)).map((y) => tf.sum(tf.mul(y, tf.reshape(tf.cos(tf.mul(tf.range(0, y.size), 0.7)), y.shape))))
      return terms.reduce((a, b) => tf.add(a, b))
    }
    return tf.grads(weighted as (...ys: Array<tf.Tensor>) => tf.Tensor)(xs)
  }
