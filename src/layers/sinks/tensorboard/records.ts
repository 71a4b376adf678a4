/**
 * How TensorBoard's event files are laid out: records of a length, its masked checksum, the bytes and theirs (TensorFlow's
 * `lib/io/record_writer`), and the names by which the files are found and ordered.
 *
 * @since 0.1.0
 */
import { crc32c, mask } from "../../../domain/crc32c.ts"

/** @category rules @since 0.1.0 */
export const record = (data: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(data.length + 16)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length, true)
  view.setUint32(4, Math.floor(data.length / 4294967296), true)
  view.setUint32(8, mask(crc32c(bytes.subarray(0, 8))), true)
  bytes.set(data, 12)
  view.setUint32(12 + data.length, mask(crc32c(data)), true)
  return bytes
}

/** Names sort by time, then by `count`: TensorBoard reads the files of a folder in that order. @category rules @since 0.1.0 */
export const fileName = (seconds: number, host: string, pid: number, count: number): string =>
  `events.out.tfevents.${String(Math.floor(seconds)).padStart(10, "0")}.${host}.${pid}.${String(count).padStart(6, "0")}.v2`
