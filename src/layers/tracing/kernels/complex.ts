/**
 * Complex tensors of a recording: pairs of float32 nodes, which the graph knows nothing of (`docs/decisions/0007`).
 *
 * A tensor whose data are a pair is labelled complex64, or, when it is the gradient of one, float32: TensorFlow.js lets only
 * float32 gradients through. What is made from a gradient is one, too.
 *
 * @since 0.1.0
 */
import type * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import { ComplexData, type Pair } from "../ComplexData.ts"
import type { Emit } from "../Emit.ts"
import { complexOperand, failure, foreignTensor, unknownKernel } from "../failures.ts"
import { dtypeOf, Recording } from "../Recording.ts"
import { dft, multiply } from "./dft.ts"
import { kernel, type Kernel } from "./kernel.ts"

/** Makes a gradient out of two real ones. */
export const cotangentName = "ComplexGradient"

interface Operands {
  readonly c: Emit
  readonly inputs: { readonly [name: string]: tf.TensorInfo }
  /** The pair of an operand; a real one has no imaginary part. */
  readonly lift: (x: tf.TensorInfo) => Pair
  /** Some operand is the gradient of a complex tensor. */
  readonly ofGradient: boolean
}

type Part = NodeId | Pair
type Rule = (operands: Operands, attrs: object, kernel: Kernel) => Part | ReadonlyArray<Part>

const isComplex = (x: tf.TensorInfo): boolean => (x.dataId as object) instanceof ComplexData

const pairOf = (c: Emit, x: tf.TensorInfo): Pair => {
  const id: object = x.dataId
  if (!(id instanceof ComplexData)) {
    const real = c.float(c.of(x))
    return { real, imaginary: c.fill(c.type(real), 0) }
  }
  if (id.recording !== c.recording) throw foreignTensor(c.kernel, c.source)
  // an alias may have another shape than its data
  return { real: c.reshape(id.pair.real, x.shape), imaginary: c.reshape(id.pair.imaginary, x.shape) }
}

/** Kernels that do the same to both parts; of those in `all` a real operand counts as one without imaginary part. */
const all = ["Add", "Sub", "AddN", "Concat", "Pack"] as const
const single = [
  "Identity",
  "Neg",
  "Reshape",
  "ExpandDims",
  "Transpose",
  "Slice",
  "StridedSlice",
  "Reverse",
  "Tile",
  "BroadcastTo",
  "GatherV2",
  "GatherNd",
  "UnsortedSegmentSum",
  "ScatterNd",
  "Sum",
  "Unpack",
  "SplitV",
  "ZerosLike"
] as const

const infoOf = (c: Emit, node: NodeId): tf.TensorInfo => {
  if (!(c.recording instanceof Recording)) throw new Error("complex tensors are those of a recording")
  return c.recording.info(node, c.kernel, c.source)
}

const partwise =
  (everyOperand: boolean): Rule =>
  ({ c, inputs, lift }, attrs, { record }) => {
    const run = (part: "real" | "imaginary") => {
      const entries = Object.entries(inputs).map(([name, x]) => [name, isComplex(x) || everyOperand ? infoOf(c, lift(x)[part]) : x] as const)
      return record(c, Array.isArray(inputs) ? entries.map(([, x]) => x) : Object.fromEntries(entries), attrs)
    }
    const [real, imaginary] = [run("real"), run("imaginary")]
    if (typeof real === "number" || typeof imaginary === "number") return { real, imaginary } as Pair // one rule, hence both
    return real.map((node, i) => ({ real: node, imaginary: imaginary[i]! }))
  }

/** Padding with anything but zeros has no place in the imaginary part. */
const pad: Rule = ({ c, inputs, ...rest }, attrs, kernelOfPad) => {
  const { constantValue = 0 } = attrs as { readonly constantValue?: number }
  const padded = partwise(false)({ c, inputs, ...rest }, attrs, kernelOfPad)
  if (constantValue === 0) return padded
  throw failure("UnknownKernel", "a complex tensor can be padded with zeros only", { op: c.kernel, source: c.source })
}

const cast: Rule = ({ c, inputs, lift, ofGradient }, attrs) => {
  const { dtype } = attrs as { readonly dtype: string }
  const pair = lift(inputs["x"]!)
  return dtype === "complex64" || ofGradient ? pair : c.cast(pair.real, dtypeOf(dtype, c.kernel, c.source))
}

const modulus = (c: Emit, { real, imaginary }: Pair): NodeId => c.unary("Sqrt", c.add2(c.mul(real, real), c.mul(imaginary, imaginary)))

const ofReals: Rule = ({ c, inputs }) => ({ real: c.float(c.of(inputs["real"]!)), imaginary: c.float(c.of(inputs["imag"]!)) })

const only: Readonly<Record<string, Rule>> = {
  Complex: ofReals,
  [cotangentName]: ofReals,
  Real: ({ inputs, lift }) => lift(inputs["input"]!).real,
  Imag: ({ inputs, lift }) => lift(inputs["input"]!).imaginary,
  ComplexAbs: ({ c, inputs, lift }) => modulus(c, lift(inputs["x"]!)),
  FFT: ({ c, inputs, lift }) => dft(c, lift(inputs["input"]!), false),
  IFFT: ({ c, inputs, lift }) => dft(c, lift(inputs["input"]!), true)
}

const rules: Readonly<Record<string, Rule>> = {
  ...only,
  ...Object.fromEntries(all.map((name) => [name, partwise(true)])),
  ...Object.fromEntries(single.map((name) => [name, partwise(false)])),
  PadV2: pad,
  Cast: cast,
  Multiply: ({ c, inputs, lift }) => multiply(c, lift(inputs["a"]!), lift(inputs["b"]!))
}

/** Kernels that real tensors have no use for; the rules that a recording runs instead are above. */
export const complexKernels: ReadonlyArray<Kernel> = Object.keys(only).map((name) =>
  kernel(name, (c) => {
    throw unknownKernel(name, c.source)
  })
)

/** Results of a kernel that takes or gives complex tensors; `undefined` for any other call. */
export const recordComplex = (c: Emit, called: Kernel, inputs: object, attrs: object): tf.TensorInfo | Array<tf.TensorInfo> | undefined => {
  const operands = Object.entries(inputs).filter(([, x]) => x !== null && x !== undefined) as ReadonlyArray<readonly [string, tf.TensorInfo]>
  const complex = operands.filter(([, x]) => isComplex(x))
  const makes = called.name in only || (called.name === "Cast" && (attrs as { readonly dtype: string }).dtype === "complex64")
  if (complex.length === 0 && !makes) return undefined
  const rule = rules[called.name]
  if (rule === undefined) {
    throw complexOperand(called.name, c.source)
  }
  const ofGradient = called.name === cotangentName || complex.some(([, x]) => x.dtype === "float32")
  const named = (Array.isArray(inputs) ? inputs : Object.fromEntries(operands)) as { readonly [name: string]: tf.TensorInfo } // an array has names, too
  const result = rule({ c, inputs: named, lift: (x) => pairOf(c, x), ofGradient }, attrs, called)
  const info = (part: Part): tf.TensorInfo =>
    typeof part === "number"
      ? infoOf(c, part)
      : {
          dataId: new ComplexData(c.recording, part),
          shape: [...c.shape(part.real)],
          dtype: ofGradient ? "float32" : "complex64"
        }
  return typeof result === "number" || "real" in result ? info(result) : result.map(info)
}
