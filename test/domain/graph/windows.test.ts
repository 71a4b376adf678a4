import { assert, it } from "@effect/vitest"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import * as Evaluate from "../../../src/domain/graph/Evaluate.ts"
import type { ConvAttrs, OpAttrs, OpName, PoolAttrs } from "../../../src/domain/graph/ops.ts"
import { type Shape, sizeOf, stridesOf } from "../../../src/domain/Tensor.ts"

interface Image {
  readonly shape: Shape
  readonly data: Float32Array
}

const image = (shape: Shape, seed: number): Image => ({
  shape,
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => (((i + seed) * 29) % 23) - 11)
})

const of = <K extends Exclude<OpName, "Parameter">>(op: K, inputs: ReadonlyArray<Image>, attrs: OpAttrs[K]): Image => {
  const b = Builder.make()
  const y = b.add(
    op,
    inputs.map((x, i) => b.parameter(`x${i}`, { _tag: "Batch" }, { dtype: "float32", shape: x.shape })),
    attrs
  )
  b.output("y", { _tag: "Outfeed" }, y)
  return {
    shape: b.typeOf(y).shape,
    data: Evaluate.evaluate(
      b.build(),
      inputs.map((x) => x.data)
    )[0] as Float32Array
  }
}

const at = ({ data, shape }: Image, ...index: ReadonlyArray<number>): number => {
  if (index.some((i, axis) => i < 0 || i >= shape[axis]!)) return 0
  return data[index.reduce((sum, i, axis) => sum + i * stridesOf(shape)[axis]!, 0)]!
}

const range = (n: number) => Array.from({ length: n }, (_, i) => i)

/** The definition, sum by sum: where the two factors are, for every product of every result. */
const products = (filter: Image, { dilations, padding, strides }: ConvAttrs, y: Shape) =>
  range(sizeOf(y)).map((i) => {
    const [n, h, w, o] = [0, 1, 2, 3].map((axis) => Math.floor(i / stridesOf(y)[axis]!) % y[axis]!) as [number, number, number, number]
    return range(filter.shape[0]!).flatMap((dy) =>
      range(filter.shape[1]!).flatMap((dx) =>
        range(filter.shape[2]!).map((c) => ({
          x: [n, h * strides[0] - padding[0][0] + dy * dilations[0], w * strides[1] - padding[1][0] + dx * dilations[1], c] as const,
          filter: [dy, dx, c, o] as const
        }))
      )
    )
  })

const cases: ReadonlyArray<ConvAttrs> = [
  {
    strides: [1, 1],
    padding: [
      [0, 0],
      [0, 0]
    ],
    dilations: [1, 1]
  },
  {
    strides: [2, 1],
    padding: [
      [1, 0],
      [0, 2]
    ],
    dilations: [1, 1]
  },
  {
    strides: [1, 2],
    padding: [
      [2, 1],
      [1, 1]
    ],
    dilations: [2, 1]
  }
]

cases.forEach((attrs, i) => {
  it(`convolves and gives both gradients by the definition (${i})`, () => {
    const x = image([2, 5, 6, 3], 1)
    const filter = image([2, 3, 3, 5], 2)
    const y = of("Conv2D", [x, filter], attrs)
    const taps = products(filter, attrs, y.shape)
    assert.deepStrictEqual(
      [...y.data],
      taps.map((list) => list.reduce((sum, tap) => sum + at(x, ...tap.x) * at(filter, ...tap.filter), 0))
    )

    const dy = image(y.shape, 3)
    const dx = { shape: x.shape, data: new Float32Array(x.data.length) }
    const dFilter = { shape: filter.shape, data: new Float32Array(filter.data.length) }
    const add = (to: Image, index: ReadonlyArray<number>, value: number) => {
      if (index.some((k, axis) => k < 0 || k >= to.shape[axis]!)) return
      to.data[index.reduce((sum, k, axis) => sum + k * stridesOf(to.shape)[axis]!, 0)]! += value
    }
    taps.forEach((list, k) =>
      list.forEach((tap) => {
        add(dx, tap.x, dy.data[k]! * at(filter, ...tap.filter))
        add(dFilter, tap.filter, dy.data[k]! * at(x, ...tap.x))
      })
    )
    assert.deepStrictEqual(of("Conv2DBackpropInput", [dy, filter], { ...attrs, inputShape: x.shape }), dx)
    assert.deepStrictEqual(of("Conv2DBackpropFilter", [x, dy], { ...attrs, filterShape: filter.shape }), dFilter)
  })
})

it("pools: the first largest takes the gradient, padding is not counted", () => {
  const x: Image = { shape: [1, 3, 3, 1], data: Float32Array.of(1, 5, 5, 2, -3, 0, 7, 7, 4) }
  const attrs: PoolAttrs = {
    window: [2, 2],
    strides: [2, 2],
    padding: [
      [0, 1],
      [0, 1]
    ]
  }
  const y = of("MaxPool", [x], attrs)
  assert.deepStrictEqual([...y.data], [5, 5, 7, 4])
  const dy: Image = { shape: y.shape, data: Float32Array.of(1, 2, 4, 8) }
  assert.deepStrictEqual([...of("MaxPoolGrad", [dy, x, y], attrs).data], [0, 1, 2, 0, 0, 0, 4, 0, 8])
  assert.deepStrictEqual([...of("AvgPool", [x], attrs).data], [1.25, 2.5, 7, 4])
  assert.deepStrictEqual([...of("AvgPoolGrad", [dy], { ...attrs, inputShape: x.shape }).data], [0.25, 0.25, 1, 0.25, 0.25, 1, 2, 2, 8])
  const overlapping: PoolAttrs = {
    window: [2, 2],
    strides: [1, 1],
    padding: [
      [0, 0],
      [0, 0]
    ]
  }
  const peak = of("MaxPool", [x], overlapping)
  assert.deepStrictEqual(
    [...of("MaxPoolGrad", [{ ...peak, data: Float32Array.of(1, 2, 4, 8) }, x, peak], overlapping).data],
    [0, 3, 0, 0, 0, 0, 4, 8, 0]
  )
})

it("keeps channels and images apart when pooling", () => {
  const x = image([2, 4, 4, 3], 5)
  const attrs: PoolAttrs = {
    window: [2, 2],
    strides: [2, 2],
    padding: [
      [0, 0],
      [0, 0]
    ]
  }
  const y = of("MaxPool", [x], attrs)
  range(2).forEach((n) =>
    range(2).forEach((h) =>
      range(3).forEach((c) => {
        const window = [0, 1].flatMap((dy) => [0, 1].map((dx) => at(x, n, 2 * h + dy, dx, c)))
        assert.strictEqual(at(y, n, h, 0, c), Math.max(...window))
        assert.strictEqual(at(of("AvgPool", [x], attrs), n, h, 0, c), Math.fround(window.reduce((a, b) => a + b, 0) / 4))
      })
    )
  )
})
