/** The form of the op suite's cases, and how they are run. */
import { assert } from "@effect/vitest"
import * as Builder from "../../src/domain/graph/Builder.ts"
import type { Graph } from "../../src/domain/graph/Graph.ts"
import type { OpAttrs, OpName } from "../../src/domain/graph/ops.ts"
import { allocate, sizeOf, type TensorData, type TensorType } from "../../src/domain/Tensor.ts"

export const f32 = (...shape: Array<number>): TensorType => ({ dtype: "float32", shape })
export const i32 = (...shape: Array<number>): TensorType => ({ dtype: "int32", shape })
export const bool = (...shape: Array<number>): TensorType => ({ dtype: "bool", shape })

/** Numbers of a fixed sequence: floats in (-2, 2), integers in -5 … 5, bools. */
export const numbers = (type: TensorType, seed: number): TensorData => {
  let state = seed * 7919 + 1
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296
  const data = allocate(type.dtype, sizeOf(type.shape))
  for (let i = 0; i < data.length; i++)
    data[i] = type.dtype === "float32" ? next() * 4 - 2 : type.dtype === "int32" ? Math.floor(next() * 11) - 5 : next() < 0.5 ? 0 : 1
  return data
}

export interface Case {
  readonly op: OpName
  readonly what: string
  readonly types: ReadonlyArray<TensorType>
  readonly data: ReadonlyArray<TensorData>
  readonly attrs: object
  readonly tolerance: number
}

/** Adds to `cases`. */
export const adder =
  (cases: Array<Case>) =>
  <K extends OpName>(
    op: K,
    types: ReadonlyArray<TensorType>,
    attrs: OpAttrs[K],
    {
      data,
      tolerance = 2e-6,
      what = ""
    }: { readonly data?: ReadonlyArray<TensorData | undefined>; readonly tolerance?: number; readonly what?: string } = {}
  ): number =>
    cases.push({ op, what, types, data: types.map((t, i) => data?.[i] ?? numbers(t, i + 1)), attrs, tolerance })

/** The cases side by side in one graph, with an output for each. */
export const build = (...cases: ReadonlyArray<Case>): Graph => {
  const b = Builder.make()
  cases.forEach((c, k) => {
    const inputs = c.types.map((type, i) => b.parameter(`x${k}/${i}`, { _tag: "Batch" }, type))
    // the case's attributes are its op's: `add` saw to it
    b.output(`y${k}`, { _tag: "Outfeed" }, b.add(c.op as "Add", inputs, c.attrs as OpAttrs["Add"]))
  })
  return b.build()
}

export const assertClose = (actual: TensorData, expected: TensorData, tolerance: number) => {
  assert.strictEqual(actual.length, expected.length)
  // sums of products may cancel: the looser ones are held to the size of their terms
  const floor = expected instanceof Float32Array ? (tolerance >= 1e-5 ? 1 : 1e-2) : 0
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [actual[i]!, expected[i]!]
    if (Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y))) continue
    const allowed = expected instanceof Float32Array ? tolerance * Math.max(Math.abs(y), floor) : 0
    assert.isTrue(Math.abs(x - y) <= allowed, `element ${i}: ${x} instead of ${y}`)
  }
}
