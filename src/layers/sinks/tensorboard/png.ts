/**
 * Images as PNG (ISO/IEC 15948): 8 bits a channel, no interlacing, each line as it is.
 *
 * @since 0.1.0
 */
import { crc32, deflateSync } from "node:zlib"
import type { Image } from "../../../domain/Summary.ts"

const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)

/** The standard's number for grey, RGB and RGBA. */
const colourTypes = { 1: 0, 3: 2, 4: 6 } as const

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(data.length + 12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/** @category rules @since 0.1.0 */
export const encodePng = ({ channels, height, pixels, width }: Image): Uint8Array => {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  header.set([8, colourTypes[channels], 0, 0, 0], 8)
  const line = width * channels
  // before each line the number of its filter, 0: none
  const lines = new Uint8Array((line + 1) * height)
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * line, (y + 1) * line), y * (line + 1) + 1)
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", new Uint8Array(0))])
}
