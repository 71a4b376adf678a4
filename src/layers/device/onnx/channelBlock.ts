/**
 * How many channels ONNX Runtime's convolution kernels take together on this processor.
 *
 * Its fastest kernels (domain `com.microsoft.nchwc`, MLAS) want images as `[batch, channels / block, height, width, block]` and filters
 * to match. ONNX Runtime uses them by itself only for filters that never change; here lowering asks for them, and so must know the
 * block, which depends on the processor (8 with AVX, 16 with AVX-512) and which no function of the library tells: it shows in where
 * a reordered image's elements are.
 *
 * @since 0.1.0
 */
import { createRequire } from "node:module"
import type { Libraries } from "./libraries.ts"
import { Emitter } from "./lower/Emitter.ts"
import { encode } from "./OnnxModel.ts"
import { Ort, OrtError } from "./Ort.ts"

/** More than any block there is. */
const channels = 64

/** Two positions of `channels` channels, NCHW, each element with its own number. */
const image = Float32Array.from({ length: channels * 2 }, (_, i) => i)

const reordered = (ort: Ort): Float32Array => {
  const e = new Emitter({ nodes: [], parameters: [], outputs: [] })
  const shape = [1, channels, 2, 1]
  const x = e.input("float32", shape)
  const y = e.emit("ReorderInput", [x], {}, "com.microsoft.nchwc")
  const { inputs, nodes, initializers } = e
  const bytes = encode({ inputs, nodes, initializers, outputs: [{ name: y, type: "float32", shape }] })
  const session = ort.session(bytes, { threads: 1, memoryPattern: false, config: {} })
  const result = new Float32Array(image.length)
  const tensors = [image, result].map((data) => ort.tensor("float32", shape, new Uint8Array(data.buffer)))
  try {
    ort.runner(session, [x], [y])({ inputs: BigUint64Array.of(tensors[0]!), outputs: BigUint64Array.of(tensors[1]!) })
    return result
  } finally {
    for (const tensor of tensors) ort.releaseTensor(tensor)
    ort.releaseSession(session)
  }
}

/** Channels of a block, or 0 where the library has no such kernels. @category analysis @since 0.1.0 */
export const channelBlock = (ort: Ort): number => {
  try {
    // the first channel's second position comes behind a whole block of the first position
    const block = reordered(ort).indexOf(image[1]!)
    return block > 1 ? block : 0
  } catch (error) {
    if (error instanceof OrtError) return 0
    throw error
  }
}

const openedFor = <A>({ koffi, library }: Libraries, use: (ort: Ort) => A): A | undefined => {
  let ort: Ort
  try {
    ort = new Ort(createRequire(import.meta.url)(koffi), library)
  } catch {
    return undefined // the worker, which opens them too, says why
  }
  try {
    return use(ort)
  } finally {
    ort.close()
  }
}

/** By path of the library: a processor does not change. */
const known = new Map<string, number>()

/**
 * The same once and for all of a library: found out by `ort` where that is open already, else it is opened for this; 0 where it
 * cannot be. It takes a tenth of a second: ask only where there is a convolution.
 *
 * @category analysis
 * @since 0.1.0
 */
export const channelBlockOf = (libraries: Libraries, ort?: Ort): number => {
  const before = known.get(libraries.library)
  if (before !== undefined) return before
  const block = ort === undefined ? (openedFor(libraries, channelBlock) ?? 0) : channelBlock(ort)
  known.set(libraries.library, block)
  return block
}
