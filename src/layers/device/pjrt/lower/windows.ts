/**
 * Lowering of pooling; images are NHWC.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { PoolAttrs } from "../../../../domain/graph/ops.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import { type Emitter, joining, typeOf, type Value } from "./Emitter.ts"
import { shortAxes, whole } from "../sharding.ts"
import type { Rules } from "./rule.ts"
import { typeText } from "./text.ts"

const windowOf = ({ window, strides, padding }: PoolAttrs): string =>
  `window_dimensions = array<i64: 1, ${window[0]}, ${window[1]}, 1>, window_strides = array<i64: 1, ${strides[0]}, ${strides[1]}, 1>, ` +
  `padding = dense<[[0, 0], [${padding[0]}], [${padding[1]}], [0, 0]]> : tensor<4x2xi64>`

/** Padding is `none`. */
const reduceWindow = (e: Emitter, op: string, image: Value, attrs: PoolAttrs, none: number, shape: Shape): Value => {
  const axes = shortAxes(e, image.shape, shape)
  const x = whole(e, image, axes)
  const init = e.scalar("float32", none)
  const types = `(${typeOf(x)}, ${typeOf(init)}) -> ${typeText("float32", shape)}`
  const operands = `(${x.name}, ${init.name})`
  return whole(e, e.emit(`"stablehlo.reduce_window"${operands} <{${windowOf(attrs)}}> ${joining(op, "float32")} : ${types}`, "float32", shape), axes)
}

/** A NaN is never the largest. */
const candidates = (e: Emitter, x: Value): Value => e.select(e.isNan(x), e.like(x, -Infinity), x)

const maxPool = (e: Emitter, node: NodeOf<"MaxPool">, [x]: ReadonlyArray<Value>): Value =>
  reduceWindow(e, "maximum", candidates(e, x!), node.attrs, -Infinity, node.type.shape)

const unpadded = {
  padding: [
    [0, 0],
    [0, 0]
  ]
} as const

/**
 * The selection goes through a window in order and leaves its choice only for what is larger. A window without a largest has no
 * place to give to. Padding is elements of its own: XLA's selection may take it for zeros. Where windows overlap, XLA's partitioner
 * loses what windows of one core give to elements of another.
 */
const maxPoolGrad = (e: Emitter, node: NodeOf<"MaxPoolGrad">, [dy, x, y]: ReadonlyArray<Value>): Value => {
  const { padding, strides, window } = node.attrs
  const overlapping = ([0, 1] as const).flatMap((i) => (strides[i] < window[i] ? [1 + i] : []))
  const axes = [...new Set([...overlapping, ...shortAxes(e, x!.shape, y!.shape)])]
  const from = whole(e, e.select(e.compare("EQ", y!, e.like(y!, -Infinity)), e.like(dy!, 0), dy!), axes)
  const edge = (side: 0 | 1) => [0, padding[0][side], padding[1][side], 0]
  const image = whole(e, e.pad(candidates(e, x!), edge(0), edge(1), [0, 0, 0, 0], -Infinity), axes)
  const zero = e.scalar("float32", 0)
  const numbers = "%a: tensor<f32>, %b: tensor<f32>"
  const stays = `{ ^bb0(${numbers}): %r = stablehlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1> stablehlo.return %r : tensor<i1> }`
  const regions = `(${stays}, ${joining("add", "float32").slice(1)}`
  const types = `(${typeOf(image)}, ${typeOf(from)}, ${typeOf(zero)}) -> ${typeOf(image)}`
  const operands = `(${image.name}, ${from.name}, ${zero.name})`
  const attributes = `<{${windowOf({ ...node.attrs, ...unpadded })}}>`
  const gradient = e.emit(`"stablehlo.select_and_scatter"${operands} ${attributes} ${regions} : ${types}`, "float32", image.shape)
  return e.slice(whole(e, gradient, axes), edge(0), node.type.shape)
}

/** Image elements, not padding, under the window at each position of one axis. */
const covered = (extent: number, positions: number, window: number, stride: number, before: number) =>
  Array.from({ length: positions }, (_, p) => Math.max(0, Math.min(p * stride - before + window, extent) - Math.max(p * stride - before, 0)))

/** `x`, of the means' shape, divided by how many elements each mean is of. */
const shared = (e: Emitter, x: Value, image: Shape, { window, strides, padding }: PoolAttrs): Value => {
  const [h, w] = [x.shape[1]!, x.shape[2]!]
  const counts = [h, w].map((positions, i) => covered(image[1 + i]!, positions, window[i]!, strides[i]!, padding[i]![0]))
  const products = Float32Array.from(counts[0]!.flatMap((rows) => counts[1]!.map((columns) => rows * columns)))
  const first = products[0] ?? 0
  const divisor = products.every((n) => n === first) ? e.like(x, first) : e.broadcast(e.literal("float32", [h, w], products), x.shape, [1, 2])
  return e.binary("divide", x, divisor)
}

const avgPool = (e: Emitter, { attrs, type }: NodeOf<"AvgPool">, [x]: ReadonlyArray<Value>): Value =>
  shared(e, reduceWindow(e, "add", x!, attrs, 0, type.shape), x!.shape, attrs)

/** Each element's windows, summed up: those positions are a window over `dy` set apart by the strides. */
const avgPoolGrad = (e: Emitter, { attrs, type }: NodeOf<"AvgPoolGrad">, [dy]: ReadonlyArray<Value>): Value => {
  const { window, strides, padding } = attrs
  const low = [0, 1].map((i) => window[i]! - 1 - padding[i]![0])
  const high = [0, 1].map((i) => type.shape[1 + i]! + padding[i]![0] - (dy!.shape[1 + i]! - 1) * strides[i]! - 1)
  const around = (inner: ReadonlyArray<number>) => [0, ...inner, 0]
  const apart = e.pad(shared(e, dy!, type.shape, attrs), around(low), around(high), around(strides.map((s) => s - 1)), 0)
  return reduceWindow(e, "add", apart, { window, strides: [1, 1], ...unpadded }, 0, type.shape)
}

/** @category rules @since 0.1.0 */
export const windowRules = { MaxPool: maxPool, MaxPoolGrad: maxPoolGrad, AvgPool: avgPool, AvgPoolGrad: avgPoolGrad } satisfies Rules
