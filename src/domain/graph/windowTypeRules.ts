/**
 * Type rules of convolution and pooling. Letters: n batch, h w image height and width, c channels.
 *
 * @since 0.1.0
 */
import { printType, type Shape, type TensorType } from "../Tensor.ts"
import type { ConvAttrs, OpAttrs, PoolAttrs } from "./ops.ts"
import { arity, atLeast, dtypeIn, isShape, rankIs, refuse, typeIs } from "./typeChecks.ts"

type Inputs = ReadonlyArray<TensorType>

const image = (inputs: Inputs, n: number): void => {
  arity(inputs, n)
  for (const t of inputs) {
    dtypeIn(t, ["float32"], "the operands")
    rankIs(t, 4, "the operands")
  }
}

/** Positions of a window along one spatial axis. @category rules @since 0.1.0 */
export const windowPositions = (extent: number, window: number, stride: number, [before, after]: readonly [number, number], dilation = 1): number => {
  atLeast(stride, 1, "stride")
  atLeast(dilation, 1, "dilation")
  atLeast(window, 1, "window")
  atLeast(before, 0, "padding")
  atLeast(after, 0, "padding")
  const n = Math.floor((extent + before + after - ((window - 1) * dilation + 1)) / stride) + 1
  return n < 1 ? refuse("a window that fits the padded image", `extent ${extent} + ${before} + ${after}, window ${window}, dilation ${dilation}`) : n
}

const convType = (x: Shape, filter: Shape, { strides, padding, dilations, depthwise }: ConvAttrs): TensorType => {
  if (x[3] !== filter[2]) refuse(`${x[3]} input channels, as the image [${x}]`, `filter [${filter}]`)
  const h = windowPositions(x[1]!, filter[0]!, strides[0], padding[0], dilations[0])
  const w = windowPositions(x[2]!, filter[1]!, strides[1], padding[1], dilations[1])
  return { dtype: "float32", shape: [x[0]!, h, w, depthwise === true ? filter[2]! * filter[3]! : filter[3]!] }
}

const poolType = (x: Shape, { window, strides, padding }: PoolAttrs): TensorType => {
  const h = windowPositions(x[1]!, window[0], strides[0], padding[0])
  const w = windowPositions(x[2]!, window[1], strides[1], padding[1])
  return { dtype: "float32", shape: [x[0]!, h, w, x[3]!] }
}

const pool = (inputs: Inputs, attrs: PoolAttrs): TensorType => {
  image(inputs, 1)
  return poolType(inputs[0]!.shape, attrs)
}

const rank4 = (shape: Shape, what: string): TensorType => {
  isShape(shape)
  const type: TensorType = { dtype: "float32", shape }
  return shape.length === 4 ? type : refuse(`rank 4 for ${what}`, printType(type))
}

/** @category rules @since 0.1.0 */
export const windowTypeRules = {
  Conv2D: (inputs: Inputs, attrs: ConvAttrs): TensorType => {
    image(inputs, 2)
    return convType(inputs[0]!.shape, inputs[1]!.shape, attrs)
  },
  Conv2DBackpropInput: (inputs: Inputs, attrs: OpAttrs["Conv2DBackpropInput"]): TensorType => {
    image(inputs, 2)
    const x = rank4(attrs.inputShape, "inputShape")
    typeIs(inputs[0]!, convType(x.shape, inputs[1]!.shape, attrs), "dy")
    return x
  },
  Conv2DBackpropFilter: (inputs: Inputs, attrs: OpAttrs["Conv2DBackpropFilter"]): TensorType => {
    image(inputs, 2)
    const filter = rank4(attrs.filterShape, "filterShape")
    typeIs(inputs[1]!, convType(inputs[0]!.shape, filter.shape, attrs), "dy")
    return filter
  },
  MaxPool: pool,
  MaxPoolGrad: (inputs: Inputs, attrs: PoolAttrs): TensorType => {
    image(inputs, 3)
    const y = poolType(inputs[1]!.shape, attrs)
    typeIs(inputs[0]!, y, "dy")
    typeIs(inputs[2]!, y, "y")
    return inputs[1]!
  },
  AvgPool: pool,
  AvgPoolGrad: (inputs: Inputs, attrs: OpAttrs["AvgPoolGrad"]): TensorType => {
    image(inputs, 1)
    const x = rank4(attrs.inputShape, "inputShape")
    typeIs(inputs[0]!, poolType(x.shape, attrs), "dy")
    return x
  }
} as const
