/**
 * What `devices install tensorflow` fetches, by version and hash.
 *
 * @since 0.1.0
 */

/** @category constants @since 0.1.0 */
export const tensorflowVersion = "2.21.0"

/** From PyPI: TensorFlow's libraries and the headers of its C API. @category constants @since 0.1.0 */
export const wheel = {
  requirement: `tensorflow-cpu==${tensorflowVersion}`,
  python: "311",
  platform: "manylinux_2_27_x86_64",
  file: `tensorflow_cpu-${tensorflowVersion}-cp311-cp311-manylinux_2_27_x86_64.whl`,
  bytes: 273_829_956,
  sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c"
} as const

/** From npm: the addon's sources, and the headers of Node's C interface for addons. @category constants @since 0.1.0 */
export const sources = [
  {
    specifier: "@tensorflow/tfjs-node@4.22.0",
    file: "tensorflow-tfjs-node-4.22.0.tgz",
    folder: "tfjs-node",
    sha256: "d38a448a705efc6e655a080f896b3af646ae39dffbfe9c90b06cb9fc3a2b9358"
  },
  {
    specifier: "node-api-headers@1.9.0",
    file: "node-api-headers-1.9.0.tgz",
    folder: "node-api-headers",
    sha256: "6cbfac49542194ae2c8f1dee5fa2dc00d66bec9cbf3b59e3a4e5f16d14eb0d19"
  }
] as const

/** What of the wheel is kept: the two libraries, and for the compiler the headers it reads. @category constants @since 0.1.0 */
export const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const

/** @category rules @since 0.1.0 */
export const isNeeded = (entry: string): boolean =>
  libraries.some((name) => entry === `tensorflow/${name}`) ||
  /^tensorflow\/include\/(tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/platform\/ctstring|xla\/tsl\/c\/).*\.h$/.test(entry)
