/**
 * The bytes of a tensor in a data file of a tensor bundle, and their checksum.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { crc32c, mask } from "../../domain/crc32c.ts"
import { sizeOf } from "../../domain/Tensor.ts"
import type { BundleEntry, BundleTensor } from "./bundle.ts"
import { Fault, parsing } from "./Fault.ts"
import { putBytes, putUint32, putVarint, reader, takeBytes, takeUint32, takeVarint, writer } from "./wire.ts"

/** A tensor as it lies in a data file: the parts one after the other, and the masked checksum of its entry. @category models @since 0.1.0 */
export interface Payload {
  readonly parts: ReadonlyArray<Uint8Array>
  readonly size: number
  /** Known for strings; otherwise it is that of the parts, which the writer computes as it goes. */
  readonly crc: number | undefined
}

const lengthWords = (strings: ReadonlyArray<Uint8Array>): Uint8Array => {
  const out = writer()
  for (const s of strings) putUint32(out, s.length)
  return Uint8Array.from(out.bytes)
}

/**
 * The bytes of a tensor. Strings: a varint length each, the masked checksum of the lengths as 32-bit words, then the
 * contents; their entry's checksum covers the lengths as words, that checksum, and the contents.
 *
 * @category rules
 * @since 0.1.0
 */
export const payloadOf = (tensor: BundleTensor): Payload => {
  if (tensor.dtype !== "string") return { parts: [tensor.bytes], size: tensor.bytes.length, crc: undefined }
  const lengths = lengthWords(tensor.strings)
  const head = writer()
  for (const s of tensor.strings) putVarint(head, s.length)
  const check = writer()
  putUint32(check, mask(crc32c(lengths)))
  const checkBytes = Uint8Array.from(check.bytes)
  let crc = crc32c(checkBytes, crc32c(lengths))
  for (const s of tensor.strings) crc = crc32c(s, crc)
  putBytes(head, checkBytes)
  const parts = [Uint8Array.from(head.bytes), ...tensor.strings]
  return { parts, size: parts.reduce((n, part) => n + part.length, 0), crc: mask(crc) }
}

const readStrings = (entry: BundleEntry, bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const input = reader(bytes)
  const lengths = Array.from({ length: sizeOf(entry.shape) }, () => takeVarint(input))
  const words = writer()
  for (const length of lengths) putUint32(words, length)
  const checkAt = input.at
  const lengthsCrc = crc32c(Uint8Array.from(words.bytes))
  if (takeUint32(input) !== mask(lengthsCrc)) throw new Fault("Corrupt", "the checksum of its lengths is wrong", entry.name)
  const strings = lengths.map((length) => takeBytes(input, length))
  if (input.at !== bytes.length) throw new Fault("Corrupt", `it takes ${input.at} bytes, the index says ${bytes.length}`, entry.name)
  if (mask(crc32c(bytes.subarray(checkAt), lengthsCrc)) !== entry.crc) throw new Fault("Corrupt", "its checksum is wrong", entry.name)
  return strings
}

/** Verifies and reads the `entry.size` bytes of a tensor; the result holds views of `bytes`. @category rules @since 0.1.0 */
export const readTensor = (entry: BundleEntry, bytes: Uint8Array): Result.Result<BundleTensor, Fault> => {
  if (entry.dtype === "string") {
    return Result.map(
      Result.mapError(
        parsing(() => readStrings(entry, bytes)),
        (fault) => new Fault(fault.reason, fault.message, entry.name)
      ),
      (strings) => ({ dtype: "string" as const, shape: entry.shape, strings })
    )
  }
  return mask(crc32c(bytes)) === entry.crc
    ? Result.succeed({ dtype: entry.dtype, shape: entry.shape, bytes })
    : Result.fail(new Fault("Corrupt", "its checksum is wrong", entry.name))
}
