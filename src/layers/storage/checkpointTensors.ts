/**
 * A checkpoint as named tensors of a bundle: the state under its own names, `global_step` as an int64 scalar, texts as
 * string scalars under `_texts/`.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import { globalStepName } from "../../domain/Program.ts"
import { sameShape, type Tensor, view } from "../../domain/Tensor.ts"
import type { Checkpoint } from "../../services/CheckpointStore.ts"
import type { BundleTensor } from "./bundle.ts"
import { Fault, parsing } from "./Fault.ts"

/** What the names of texts begin with. @category constants @since 0.1.0 */
export const textPrefix = "_texts/"

/** A tensor as it is stored; shares its memory. @category conversions @since 0.1.0 */
export const toBundle = (tensor: Tensor): BundleTensor => ({
  dtype: tensor.dtype,
  shape: tensor.shape,
  bytes: new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)
})

const stepTensor = (step: number): BundleTensor => ({
  dtype: "int64",
  shape: [],
  bytes: new Uint8Array(BigInt64Array.of(BigInt(step)).buffer)
})

/** Throws on names that are taken and on a step that is no whole number: mistakes of the program, not of the data. @category rules @since 0.1.0 */
export const tensorsOf = (checkpoint: Checkpoint): ReadonlyMap<string, BundleTensor> => {
  if (!Number.isSafeInteger(checkpoint.step) || checkpoint.step < 0) throw new RangeError(`checkpoint: ${checkpoint.step} is not a global step`)
  const tensors = new Map<string, BundleTensor>([[globalStepName, stepTensor(checkpoint.step)]])
  for (const [name, tensor] of checkpoint.state) {
    if (name === "" || name.startsWith("\0") || name === globalStepName || name.startsWith(textPrefix))
      throw new RangeError(`checkpoint: the state may not hold a leaf named "${name}"`)
    tensors.set(name, toBundle(tensor))
  }
  for (const [name, value] of checkpoint.texts) {
    tensors.set(textPrefix + name, { dtype: "string", shape: [], strings: [new TextEncoder().encode(value)] })
  }
  return tensors
}

const toTensor = (name: string, tensor: BundleTensor): Tensor => {
  if (tensor.dtype !== "float32" && tensor.dtype !== "int32" && tensor.dtype !== "bool") {
    throw new Fault("TypeMismatch", `${tensor.dtype} cannot be part of a state; float32, int32 and bool can`, name)
  }
  const { buffer, byteOffset } = tensor.bytes
  const length = tensor.dtype === "bool" ? tensor.bytes.length : tensor.bytes.length / 4
  return { dtype: tensor.dtype, shape: tensor.shape, data: view(tensor.dtype, buffer, byteOffset, length) }
}

const toStep = (tensor: BundleTensor | undefined): number => {
  if (tensor === undefined) throw new Fault("MissingTensor", "the checkpoint has no global step", globalStepName)
  if (!sameShape(tensor.shape, []) || (tensor.dtype !== "int64" && tensor.dtype !== "int32")) {
    throw new Fault("TypeMismatch", `expected an int64 scalar, found ${tensor.dtype}[${tensor.shape}]`, globalStepName)
  }
  const data = new DataView(tensor.bytes.buffer, tensor.bytes.byteOffset)
  const step = tensor.dtype === "int32" ? data.getInt32(0, true) : Number(data.getBigInt64(0, true))
  if (!Number.isSafeInteger(step) || step < 0) throw new Fault("Corrupt", `${step} is not a global step`, globalStepName)
  return step
}

const toText = (name: string, tensor: BundleTensor): string => {
  if (tensor.dtype !== "string" || tensor.strings.length !== 1) throw new Fault("TypeMismatch", "expected a string scalar", name)
  return new TextDecoder().decode(tensor.strings[0])
}

/** The way back; the bytes of each tensor must lie 4-byte aligned, as the reader allocates them. @category rules @since 0.1.0 */
export const checkpointOf = (tensors: ReadonlyMap<string, BundleTensor>): Result.Result<Checkpoint, Fault> =>
  parsing(() => {
    const step = toStep(tensors.get(globalStepName))
    const state = new Map<string, Tensor>()
    const texts = new Map<string, string>()
    for (const [name, tensor] of tensors) {
      if (name === globalStepName) continue
      if (name.startsWith(textPrefix)) texts.set(name.slice(textPrefix.length), toText(name, tensor))
      else state.set(name, toTensor(name, tensor))
    }
    return { step, state, texts }
  })
