/**
 * Partitioned variables in a tensor bundle: the parts lie under keys of their own, and the tensor's entry only names them
 * (tensorflow/core/util/saved_tensor_slice_util, keys in the ordered code of tensorflow/core/lib/strings/ordered_code).
 *
 * @since 0.1.0
 */
import { type Shape, sizeOf, stridesOf } from "../../domain/Tensor.ts"
import { Fault } from "./Fault.ts"
import { type Reader, reader, takeBytes } from "./wire.ts"

/** Where a part lies in its tensor. @category models @since 0.1.0 */
export interface Slice {
  readonly begin: ReadonlyArray<number>
  /** Of the part. */
  readonly shape: Shape
}

/** `length` -1: the whole axis. @category models @since 0.1.0 */
export interface SliceKey {
  readonly name: string
  readonly extents: ReadonlyArray<{ readonly begin: number; readonly length: number }>
}

/** Keys of parts begin with a 0, names do not. @category rules @since 0.1.0 */
export const isSliceKey = (key: Uint8Array): boolean => key.length > 0 && key[0] === 0

const takeByte = (input: Reader): number => takeBytes(input, 1)[0]!

/** A length, then as many bytes, high first. */
const takeNumber = (input: Reader): number => {
  const length = takeByte(input)
  if (length > 6) throw new Fault("Corrupt", "the key of a part holds a number out of range")
  return takeBytes(input, length).reduce((n, byte) => n * 256 + byte, 0)
}

/** Escaped: 0 is `00 ff`, 255 is `ff 00`, the end `00 01`. */
const takeString = (input: Reader): string => {
  const bytes: Array<number> = []
  for (;;) {
    const byte = takeByte(input)
    if (byte !== 0 && byte !== 255) {
      bytes.push(byte)
      continue
    }
    const next = takeByte(input)
    if (byte === 0 && next === 1) break
    if ((byte === 0 && next !== 255) || (byte === 255 && next !== 0)) throw new Fault("Corrupt", "the key of a part has a broken name")
    bytes.push(byte)
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes))
  } catch {
    throw new Fault("Corrupt", "a tensor's name is not UTF-8")
  }
}

/** As many leading ones as bytes, a zero, and the number, high bits first; -1, the only negative one here, is `7f`. */
const takeSigned = (input: Reader): number => {
  const first = takeByte(input)
  if (first === 0x7f) return -1
  const length = Math.clz32(~(first << 24))
  if (first < 0x80 || length > 7) throw new Fault("Corrupt", "the key of a part holds a number out of range")
  const low = first & (0x7f >> length)
  return takeBytes(input, length - 1).reduce((n, byte) => n * 256 + byte, low)
}

/** @category rules @since 0.1.0 */
export const readSliceKey = (key: Uint8Array): SliceKey => {
  const input = reader(key)
  if (takeNumber(input) !== 0) throw new Fault("Corrupt", "the key of a part is broken")
  const name = takeString(input)
  const rank = takeNumber(input)
  if (rank > 254) throw new Fault("Corrupt", `a part with ${rank} axes`, name)
  const extents = Array.from({ length: rank }, () => ({ begin: takeSigned(input), length: takeSigned(input) }))
  if (input.at !== key.length) throw new Fault("Corrupt", "the key of a part goes on after its end", name)
  return { name, extents }
}

/** The place that a key means in a tensor of shape `whole`. @category rules @since 0.1.0 */
export const placeOf = ({ extents, name }: SliceKey, whole: Shape): Slice => {
  if (extents.length !== whole.length) throw new Fault("Corrupt", `a part with ${extents.length} axes of a tensor with ${whole.length}`, name)
  const begin = extents.map((extent) => (extent.length < 0 ? 0 : extent.begin))
  const shape = extents.map((extent, axis) => (extent.length < 0 ? whole[axis]! : extent.length))
  if (begin.some((at, axis) => at < 0 || at + shape[axis]! > whole[axis]!)) throw new Fault("Corrupt", `a part lies outside of [${whole}]`, name)
  return { begin, shape }
}

const most = 4096

const overlap = (a: Slice, b: Slice): boolean =>
  sizeOf(a.shape) > 0 &&
  sizeOf(b.shape) > 0 &&
  a.begin.every((at, axis) => at < b.begin[axis]! + b.shape[axis]! && b.begin[axis]! < at + a.shape[axis]!)

/** Parts must cover the tensor, each element once. @category rules @since 0.1.0 */
export const checkCover = (name: string, whole: Shape, parts: ReadonlyArray<Slice>): void => {
  if (parts.length > most) throw new Fault("Corrupt", `it is in ${parts.length} parts; at most ${most} are read`, name)
  const covered = parts.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  const twice = parts.some((a, i) => parts.slice(i + 1).some((b) => overlap(a, b)))
  if (covered !== sizeOf(whole) || twice) throw new Fault("Corrupt", `its ${parts.length} parts do not make up [${whole}]`, name)
}

/** Calls `copy` for each run of elements that lie together in the part and in the whole. @category rules @since 0.1.0 */
export const eachRun = ({ begin, shape }: Slice, whole: Shape, copy: (from: number, to: number, length: number) => void): void => {
  const total = sizeOf(shape)
  if (total === 0) return
  const last = shape.length - 1
  const length = last < 0 ? 1 : shape[last]!
  const strides = stridesOf(whole)
  const index = shape.map(() => 0)
  for (let from = 0; from < total; from += length) {
    copy(
      from,
      index.reduce((sum, i, axis) => sum + (i + begin[axis]!) * strides[axis]!, 0),
      length
    )
    for (let axis = last - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
}
