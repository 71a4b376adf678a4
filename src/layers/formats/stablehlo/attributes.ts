/**
 * The attributes of each instruction, read from its text. VHLO has no defaults: what a text leaves out is said here.
 * They come in the order of their names, in which VHLO's properties are written. Source: `VhloOps.td` of openxla/stablehlo.
 *
 * @since 0.1.0
 */
import { literalBytes } from "./literal.ts"
import type { Attribute } from "./Vhlo.ts"

type Read = (head: string, type: string) => ReadonlyArray<Attribute>

const integer = (value: number, type: "i64" | "i32" = "i64"): Attribute => ({ _tag: "Integer", type, value })
const boolean = (value: boolean): Attribute => ({ _tag: "Boolean", value })
const choice = (of: "direction" | "comparison" | "precision", value: string): Attribute => ({ _tag: "Choice", of, value })

const same = (values: ReadonlyArray<number>) => values.length > 1 && values.every((value) => value === values[0])

/** A tensor of int64; an axis more where `columns` says so. */
const integers = (values: ReadonlyArray<number>, columns?: number): Attribute => {
  const shape = columns === undefined ? [values.length] : [values.length / columns, columns]
  const data = new Uint8Array(BigInt64Array.from(same(values) ? values.slice(0, 1) : values, BigInt).buffer)
  return { _tag: "Tensor", type: `tensor<${shape.join("x")}xi64>`, data }
}

const numbersIn = (text: string): ReadonlyArray<number> => (text.match(/-?\d+/g) ?? []).map(Number)

/** What stands behind `name` up to the end of its brackets. */
const bracketed = (head: string, name: string): string => {
  const from = head.indexOf(`${name} = `)
  if (from < 0) throw new Error(`StableHLO: no ${name} in ${head.slice(0, 200)}`)
  let depth = 0
  for (let i = from + name.length + 3; i < head.length; i++) {
    if ("[<".includes(head[i]!)) depth++
    else if ("]>".includes(head[i]!) && --depth === 0) return head.slice(from + name.length + 3, i + 1)
  }
  throw new Error(`StableHLO: ${name} does not end in ${head.slice(0, 200)}`)
}

const list = (head: string, name: string): ReadonlyArray<number> => numbersIn(bracketed(head, name).replace("i64", ""))

const number = (head: string, name: string): number => Number(new RegExp(`${name} = (-?\\d+)`).exec(head)![1])

const flag = (head: string, name: string): boolean => new RegExp(`${name} = true`).test(head)

/** Of both operands of a product. */
const precisions = (head: string): Attribute => {
  const precision = choice("precision", head.includes("HIGHEST") ? "HIGHEST" : "DEFAULT")
  return { _tag: "List", items: [precision, precision] }
}

const compare: Read = (head) => [choice("comparison", "NOTYPE"), choice("direction", head.trim().slice(0, 2))]

/** `[0:2:1, 1:3:1]`: starts, limits and strides in turns. */
const slice: Read = (head) => {
  const all = numbersIn(head.slice(head.indexOf("[")))
  const every = (k: number) => integers(all.filter((_, i) => i % 3 === k))
  return [every(1), every(0), every(2)]
}

const dotGeneral: Read = (head) => {
  const sides = (name: string) => {
    const match = new RegExp(`${name} = \\[([^\\]]*)\\] x \\[([^\\]]*)\\]`).exec(head)
    return [1, 2].map((i) => integers(numbersIn(match?.[i] ?? "")))
  }
  const [lhsBatch, rhsBatch] = sides("batching_dims")
  const [lhsInner, rhsInner] = sides("contracting_dims")
  return [lhsBatch!, lhsInner!, precisions(head), rhsBatch!, rhsInner!]
}

/** Places of two letters and of the numbers in `[b, 0, 1, f]`. */
const axesOf = (axes: string, first: string, second: string) => {
  const names = axes.split(", ")
  const spatial = names.filter((axis) => /\d/.test(axis)).length
  return {
    first: integer(names.indexOf(first)),
    second: integer(names.indexOf(second)),
    spatial: integers(Array.from({ length: spatial }, (_, i) => names.indexOf(String(i))))
  }
}

const convolution: Read = (head) => {
  const axes = /dim_numbers = \[([^\]]*)\]x\[([^\]]*)\]->\[([^\]]*)\]/.exec(head)!
  const [input, kernel, output] = [axesOf(axes[1]!, "b", "f"), axesOf(axes[2]!, "i", "o"), axesOf(axes[3]!, "b", "f")]
  return [
    integer(number(head, "batch_group_count")),
    integer(number(head, "feature_group_count")),
    input.first,
    input.second,
    input.spatial,
    kernel.first,
    kernel.second,
    kernel.spatial,
    integers(list(head, "lhs_dilate")),
    output.first,
    output.second,
    output.spatial,
    integers(list(head, "pad"), 2),
    precisions(head),
    integers(list(head, "rhs_dilate")),
    // `window_reversal`: neither axis
    { _tag: "Tensor", type: "tensor<2xi1>", data: Uint8Array.of(0) },
    integers(list(head, "stride"))
  ]
}

/** Padding, the window and its strides. */
const window = (head: string) => {
  const dimensions = list(head, "window_dimensions")
  const ones = integers(dimensions.map(() => 1))
  const padding = integers(list(head, "padding"), 2)
  return { padding, ones, dimensions: integers(dimensions), strides: integers(list(head, "window_strides")) }
}

const reads: { readonly [op: string]: Read } = {
  constant: (head, type) => [{ _tag: "Tensor", type, data: literalBytes(head, type) }],
  compare,
  slice,
  dot_general: dotGeneral,
  convolution,
  broadcast_in_dim: (head) => [integers(list(head, "dims"))],
  transpose: (head) => [integers(list(head, "dims"))],
  reverse: (head) => [integers(list(head, "dims"))],
  pad: (head) => [integers(list(head, "high")), integers(list(head, "low")), integers(list(head, "interior"))],
  concatenate: (head) => [integer(number(head, "dim"))],
  iota: (head) => [integer(number(head, "dim"))],
  reduce: (head) => [integers(list(head, "dimensions"))],
  reduce_precision: (head) =>
    /e(\d+)m(\d+)/
      .exec(head)!
      .slice(1)
      .map((bits) => integer(Number(bits), "i32")),
  sort: (head) => [integer(number(head, "dimension")), boolean(flag(head, "is_stable"))],
  gather: (head) => [
    integers(list(head, "collapsed_slice_dims")),
    integer(number(head, "index_vector_dim")),
    boolean(flag(head, "indices_are_sorted")),
    integers(list(head, "offset_dims")),
    integers(list(head, "slice_sizes")),
    integers(list(head, "start_index_map"))
  ],
  scatter: (head) => [
    integer(number(head, "index_vector_dim")),
    boolean(flag(head, "indices_are_sorted")),
    integers(list(head, "inserted_window_dims")),
    integers(list(head, "scatter_dims_to_operand_dims")),
    boolean(flag(head, "unique_indices")),
    integers(list(head, "update_window_dims"))
  ],
  reduce_window: (head) => {
    const { dimensions, ones, padding, strides } = window(head)
    return [ones, padding, ones, dimensions, strides]
  },
  select_and_scatter: (head) => {
    const { dimensions, padding, strides } = window(head)
    return [padding, dimensions, strides]
  }
}

const without: ReadonlySet<string> = new Set(
  (
    "convert bitcast_convert reshape select optimization_barrier add subtract multiply divide remainder power maximum minimum atan2 and or xor " +
    "not negate abs exponential exponential_minus_one log log_plus_one sqrt rsqrt sine cosine tanh logistic floor ceil round_nearest_even"
  ).split(" ")
)

/** `head`: all between an instruction's name and its types. `undefined` for an op that is not known. @category conversions @since 0.1.0 */
export const attributesOf = (op: string, head: string, type: string): ReadonlyArray<Attribute> | undefined =>
  without.has(op) ? [] : reads[op]?.(head, type)
