/**
 * Gradients of windows and of images read at computed places.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { GraphBackend } from "../GraphBackend.ts"
import { attrsOf, type Gradient, type Gradients, single, zeros } from "./gradient.ts"

type Rounding = "floor" | "round" | "ceil"

interface PoolAttrs {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: "valid" | "same" | number
  readonly dimRoundingMode?: Rounding
}

interface ConvVolumeAttrs {
  readonly strides: [number, number, number] | number
  readonly pad: "valid" | "same"
}

interface ConvAttrs {
  readonly strides: [number, number] | number
  readonly pad: "valid" | "same" | number
  readonly dataFormat: "NHWC" | "NCHW"
  readonly dilations?: [number, number] | number | null
  readonly dimRoundingMode?: Rounding
}

const run = (name: string, inputs: { readonly [name: string]: tf.Tensor }, attrs: object) =>
  tf.engine().runKernel<tf.Tensor>(name, inputs, { ...attrs })

/** What the three kernels of a convolution share; the gradients' kernels know no dilations to tfjs, but to this package's backends. */
const convolution = (attrs: tf.NamedAttrMap): ConvAttrs => {
  const { strides, pad, dataFormat, dilations, dimRoundingMode } = attrsOf<ConvAttrs>(attrs)
  return { strides, pad, dataFormat, dilations: dilations ?? 1, ...(dimRoundingMode === undefined ? {} : { dimRoundingMode }) }
}

const pooling = (attrs: tf.NamedAttrMap): PoolAttrs => {
  const { filterSize, strides, pad, dimRoundingMode } = attrsOf<PoolAttrs>(attrs)
  return { filterSize, strides, pad, ...(dimRoundingMode === undefined ? {} : { dimRoundingMode }) }
}

const isDilated = ({ dilations }: ConvAttrs) => [dilations ?? 1].flat().some((d) => d !== 1)

/** The names of a convolution and of its gradients. */
interface Convolution {
  readonly forward: string
  readonly input: string
  readonly filter: string
}

const plainConvolution = { forward: "Conv2D", input: "Conv2DBackpropInput", filter: "Conv2DBackpropFilter" }
const depthwiseConvolution = {
  forward: "DepthwiseConv2dNative",
  input: "DepthwiseConv2dNativeBackpropInput",
  filter: "DepthwiseConv2dNativeBackpropFilter"
}

/** The gradients of a convolution's gradients: the filter's is a product of image and `dy`, the image's one of `dy` and filter, linear in both. */
const secondOrder = ({ forward, input, filter }: Convolution): Gradients => ({
  [filter]: {
    inputsToSave: ["x", "dy"],
    gradFunc: (ddw, [x, dy], attrs) => ({
      x: () => run(input, { dy: dy!, filter: single(ddw) }, { ...convolution(attrs), inputShape: x!.shape }),
      dy: () => run(forward, { x: x!, filter: single(ddw) }, convolution(attrs))
    })
  },
  [input]: {
    inputsToSave: ["dy", "filter"],
    gradFunc: (ddx, [dy, w], attrs) => ({
      dy: () => run(forward, { x: single(ddx), filter: w! }, convolution(attrs)),
      filter: () => run(filter, { x: single(ddx), dy: dy! }, { ...convolution(attrs), filterShape: w!.shape })
    })
  }
})

/** tfjs's own, where it has one, for its backends; on this package's for dilated filters and rounded extents, too. */
const firstOrder = ({ forward, input, filter }: Convolution, theirs: tf.GradConfig): Gradients => ({
  [forward]: {
    ...theirs,
    gradFunc: (dy, saved, attrs) => {
      if (isDilated(convolution(attrs)) && !(tf.engine().backend instanceof GraphBackend)) return theirs.gradFunc(dy, saved, attrs)
      const [x, w] = saved as [tf.Tensor, tf.Tensor] // both are saved
      return {
        x: () => run(input, { dy: single(dy), filter: w }, { ...convolution(attrs), inputShape: x.shape }),
        filter: () => run(filter, { x, dy: single(dy) }, { ...convolution(attrs), filterShape: w.shape })
      }
    }
  }
})

const maxPool: Gradient = {
  inputsToSave: ["x"],
  outputsToSave: [true],
  gradFunc: (dy, [input, output], attrs) => ({ x: () => run("MaxPoolGrad", { dy: single(dy), input: input!, output: output! }, pooling(attrs)) })
}

/** Registered in place of tfjs's, which forget how extents are rounded and refuse dilations. */
export const windowsCorrected = (theirs: (kernelName: string) => tf.GradConfig): Gradients => ({
  ...firstOrder(plainConvolution, theirs("Conv2D")),
  ...firstOrder(depthwiseConvolution, theirs("DepthwiseConv2dNative")),
  MaxPool: maxPool,
  AvgPool: { inputsToSave: ["x"], gradFunc: (dy, [x], attrs) => ({ x: () => run("AvgPoolGrad", { dy: single(dy), input: x! }, pooling(attrs)) }) }
})

/** Registered where tfjs has none. */
export const windowsLacking: Gradients = {
  MaxPoolWithArgmax: maxPool,
  // linear in dy: each window takes the element where its maximum was
  MaxPoolGrad: {
    inputsToSave: ["input", "output"],
    gradFunc: (ddx, [input, output], attrs) => ({
      dy: () => {
        const argmax = { ...pooling(attrs), includeBatchInIndex: true }
        const [, places] = tf.engine().runKernel<[tf.Tensor, tf.Tensor]>("MaxPoolWithArgmax", { x: input! }, argmax)
        return tf.gather(tf.reshape(single(ddx), [-1]), places)
      },
      input: zeros(input),
      output: zeros(output)
    })
  },
  AvgPoolGrad: {
    inputsToSave: ["input"],
    gradFunc: (ddx, [input], attrs) => ({ dy: () => run("AvgPool", { x: single(ddx) }, pooling(attrs)), input: zeros(input) })
  },
  ResizeBilinearGrad: {
    inputsToSave: ["images", "dy"],
    gradFunc: (ddx, [images, dy], attrs) => ({
      images: zeros(images),
      dy: () =>
        run("ResizeBilinear", { images: single(ddx) }, { alignCorners: attrs["alignCorners"], halfPixelCenters: false, size: dy!.shape.slice(1, 3) })
    })
  },
  EluGrad: {
    inputsToSave: ["dy", "y"],
    gradFunc: (ddx, [dy, y]) => {
      const negative = () => tf.cast(tf.less(y!, 0), "float32")
      return {
        dy: () => tf.mul(single(ddx), tf.where(tf.less(y!, 0), tf.add(y!, 1), tf.onesLike(y!))),
        y: () => tf.mul(tf.mul(single(ddx), dy!), negative())
      }
    }
  },
  ...secondOrder(plainConvolution),
  ...secondOrder(depthwiseConvolution),
  // a transposed convolution is linear in both, too
  Conv3DBackpropInputV2: {
    inputsToSave: ["dy", "filter"],
    gradFunc: (ddx, [dy, filter], attrs) => {
      const { strides, pad } = attrsOf<ConvVolumeAttrs>(attrs)
      return {
        dy: () => run("Conv3D", { x: single(ddx), filter: filter! }, { strides, pad, dataFormat: "NDHWC", dilations: 1 }),
        filter: () => run("Conv3DBackpropFilterV2", { x: single(ddx), dy: dy! }, { strides, pad, filterShape: filter!.shape })
      }
    }
  },
  Conv3DBackpropFilterV2: {
    inputsToSave: ["x", "dy"],
    gradFunc: (ddw, [x, dy], attrs) => {
      const { strides, pad } = attrsOf<ConvVolumeAttrs>(attrs)
      return {
        x: () => run("Conv3DBackpropInputV2", { dy: dy!, filter: single(ddw) }, { strides, pad, inputShape: x!.shape }),
        dy: () => run("Conv3D", { x: x!, filter: single(ddw) }, { strides, pad, dataFormat: "NDHWC", dilations: 1 })
      }
    }
  }
}
