/** Which of tfjs-core's tests fail here, are skipped, or are not loaded, each with the reason; `judge.ts` and `suite.test.ts` hold the lists to it. */
import type { Exclusion } from "./judge.ts"

/** Known to fail here. One that passes is reported as stale. */
export const excluded: ReadonlyArray<Exclusion> = [
  {
    test: "gradients errors if relevant ops are missing grads",
    reason: "comparisons and logic have a gradient here, of zeros, so that a condition made from a variable does not stop that of tf.where"
  },
  {
    test: "avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit",
    reason: "tfjs divides by the whole window in the gradient and by the elements without padding in the pooling; here both do the latter"
  },
  {
    test: /^mirrorPad (grad|gradient with clones)$/,
    reason: "tfjs leaves the mirrored elements out of the gradient; here each element gets what its copies get, too"
  },
  {
    test: "einsum more than two input tensors throws error",
    reason: "any number of operands is allowed here"
  },
  {
    test: "conv2dTranspose input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4",
    reason: "with this padding and stride an output of 4x4 has no input of 8x8, which is an error here; tfjs gives numbers"
  },
  {
    test: "depthwiseConv2d gradients throws error on dilations > 1",
    reason: "dilated convolutions have gradients here"
  },
  {
    test: "gather throws when index is out of bound",
    reason: "indices are values: one out of range is an error when the result is read, not when tf.gather is called"
  },
  {
    test: "broadcastArgs ([1,2], [1,3]) -> error",
    reason: "the shapes are values: the result is computed when it is read, and a pair that does not broadcast is not noticed"
  },
  {
    test: /^(exp int32|tan numbers exceed float32 precision)$/,
    engines: ["onnx"],
    reason: "the last bit of a float32: the test asks for a smaller difference than two neighbouring numbers have"
  }
]

/** Switched off in tfjs-core itself (`xit`), so on every backend. One that is skipped and not listed fails the run. */
export const skipped: ReadonlyArray<Exclusion> = [
  { test: /^IS_BROWSER isBrowser: (true|false)$/, reason: "tfjs's own note: the spy on device_util does not work" },
  { test: "kernel_registry errors when registering the same kernel twice", reason: "registering twice is a warning by now" },
  {
    test: "gradient registry warning when registering the same gradient twice",
    reason: "tfjs warns in debug mode alone, which the test does not switch on"
  },
  { test: "debug on A x B", reason: "switched off there without a note" }
]

/** An environment of tfjs-core's tests, with the groups of tests that are for it alone. */
export interface Absent {
  /** The constraint, as it is written there. */
  readonly environment: "BROWSER_ENVS" | "CHROME_ENVS" | "{ predicate: testEnv => testEnv.backendName === 'cpu' }"
  readonly reason: string
  readonly groups: ReadonlyArray<string>
}

/** Not loaded: tfjs-core makes these groups for other environments only. Those of browsers are absent on tfjs's CPU backend under Node, too. */
export const absent: ReadonlyArray<Absent> = [
  {
    environment: "BROWSER_ENVS",
    reason: "for a browser: canvas, files, storage, fetch, and three groups of ops (depthToSpace's errors, rotateWithOffset, fromPixels)",
    groups: [
      "fromPixels",
      "depthToSpace",
      "rotateWithOffset",
      "draw on canvas context",
      "PlatformBrowser",
      "setTimeout",
      "browserDownloads",
      "browserFiles",
      "loadWeights",
      "IORouterRegistry",
      "IndexedDB",
      "Passthrough Saver",
      "Passthrough Saver Sync",
      "Passthrough Loader",
      "Passthrough Loader Sync",
      "parseUrl",
      "http-load",
      "arrayBufferToBase64String-base64StringToArrayBuffer",
      "LocalStorage"
    ]
  },
  { environment: "CHROME_ENVS", reason: "for Chrome: models sent by fetch or kept in the browser", groups: ["http-save", "ModelManagement"] },
  {
    environment: "{ predicate: testEnv => testEnv.backendName === 'cpu' }",
    reason: "two tests for a second copy of tfjs's CPU backend: the two that the CPU backend has more than the engines",
    groups: ["Switching cpu backends"]
  }
]
