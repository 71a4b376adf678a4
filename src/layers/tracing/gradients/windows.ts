/**
 * Gradients of windows and of images read at computed places.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import { type Gradients, single } from "./gradient.ts"

interface PoolAttrs {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: "valid" | "same" | number
}

interface ConvVolumeAttrs {
  readonly strides: [number, number, number] | number
  readonly pad: "valid" | "same"
}

interface ConvAttrs {
  readonly strides: [number, number] | number
  readonly pad: "valid" | "same" | number
  readonly dataFormat: "NHWC" | "NCHW"
  readonly dimRoundingMode?: "floor" | "round" | "ceil"
  readonly filterShape: [number, number, number, number]
}

const run = (name: string, inputs: { readonly [name: string]: tf.Tensor }, attrs: object) =>
  tf.engine().runKernel<tf.Tensor>(name, inputs, { ...attrs })

/** Registered where tfjs has none. */
export const windowsLacking: Gradients = {
  MaxPoolWithArgmax: {
    inputsToSave: ["x"],
    outputsToSave: [true],
    gradFunc: (dys, [input, output], attrs) => {
      const { filterSize, strides, pad } = attrs as unknown as PoolAttrs // the kernel's attributes are of this form
      return { x: () => run("MaxPoolGrad", { dy: single(dys), input: input!, output: output! }, { filterSize, strides, pad }) }
    }
  },
  // the gradient of a gradient: the filter's is a product of image and dy, linear in both
  Conv2DBackpropFilter: {
    inputsToSave: ["x", "dy"],
    gradFunc: (ddw, [x, dy], attrs) => {
      const { strides, pad, dataFormat, dimRoundingMode } = attrs as unknown as ConvAttrs // as above
      return {
        x: () => run("Conv2DBackpropInput", { dy: dy!, filter: single(ddw) }, { strides, pad, dataFormat, dimRoundingMode, inputShape: x!.shape }),
        dy: () => run("Conv2D", { x: x!, filter: single(ddw) }, { strides, pad, dataFormat, dimRoundingMode, dilations: 1 })
      }
    }
  },
  // a transposed convolution is linear in both, too
  Conv3DBackpropInputV2: {
    inputsToSave: ["dy", "filter"],
    gradFunc: (ddx, [dy, filter], attrs) => {
      const { strides, pad } = attrs as unknown as ConvVolumeAttrs // as above
      return {
        dy: () => run("Conv3D", { x: single(ddx), filter: filter! }, { strides, pad, dataFormat: "NDHWC", dilations: 1 }),
        filter: () => run("Conv3DBackpropFilterV2", { x: single(ddx), dy: dy! }, { strides, pad, filterShape: filter!.shape })
      }
    }
  },
  Conv3DBackpropFilterV2: {
    inputsToSave: ["x", "dy"],
    gradFunc: (ddw, [x, dy], attrs) => {
      const { strides, pad } = attrs as unknown as ConvVolumeAttrs // as above
      return {
        x: () => run("Conv3DBackpropInputV2", { dy: dy!, filter: single(ddw) }, { strides, pad, inputShape: x!.shape }),
        dy: () => run("Conv3D", { x: x!, filter: single(ddw) }, { strides, pad, dataFormat: "NDHWC", dilations: 1 })
      }
    }
  }
}
