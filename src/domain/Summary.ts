/**
 * What may be seen of a run besides its loss: TensorFlow's summaries (scalars, histograms, images, texts), as plain values.
 *
 * @since 0.1.0
 */
import type { RunEvent } from "./Events.ts"
import type { State } from "./Program.ts"
import { printType, type Tensor } from "./Tensor.ts"

/** How values are spread. Numbers that are not finite are counted apart. @category models @since 0.1.0 */
export interface Histogram {
  /** Of the finite values; 0 where there are none, as the others. */
  readonly min: number
  readonly max: number
  readonly count: number
  readonly sum: number
  readonly sumSquares: number
  /** Right edges of the buckets, ascending; the first begins at `min`. */
  readonly limits: ReadonlyArray<number>
  /** Values in each bucket: its left edge belongs to it, and the right edge of the last. */
  readonly counts: ReadonlyArray<number>
  /** NaN and infinities. */
  readonly notFinite: number
}

/** Row-major pixels of 8 bits, `[height, width, channels]`. @category models @since 0.1.0 */
export interface Image {
  readonly height: number
  readonly width: number
  /** 1 is grey, 3 red, green, blue, 4 the same with opacity. */
  readonly channels: 1 | 3 | 4
  readonly pixels: Uint8Array
}

/** @category models @since 0.1.0 */
export type Summary =
  | { readonly _tag: "Scalar"; readonly name: string; readonly value: number }
  | { readonly _tag: "Histogram"; readonly name: string; readonly histogram: Histogram }
  | { readonly _tag: "Image"; readonly name: string; readonly images: ReadonlyArray<Image> }
  /** Markdown; several are shown one below the other. */
  | { readonly _tag: "Text"; readonly name: string; readonly texts: ReadonlyArray<string> }

/** A number, or a tensor's mean: a host call sees a scalar of the step as one value for each replica. @category constructors @since 0.1.0 */
export const scalar = (name: string, value: number | Tensor): Summary => ({
  _tag: "Scalar",
  name,
  value: typeof value === "number" ? value : meanOf(value.data)
})

const meanOf = (data: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i]!
  return sum / data.length
}

/** As TensorBoard's own: `buckets` of equal width from the least to the greatest value; a single one where these are equal. @category rules @since 0.1.0 */
export const histogramOf = (data: ArrayLike<number>, buckets = 30): Histogram => {
  let [min, max, count, sum, sumSquares] = [Infinity, -Infinity, 0, 0, 0]
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!
    if (!Number.isFinite(x)) continue
    if (x < min) min = x
    if (x > max) max = x
    count++
    sum += x
    sumSquares += x * x
  }
  const notFinite = data.length - count
  if (count === 0) return { min: 0, max: 0, count, sum, sumSquares, limits: [], counts: [], notFinite }
  if (min === max) return { min, max, count, sum, sumSquares, limits: [max], counts: [count], notFinite }
  const counts = new Array<number>(buckets).fill(0)
  const width = (max - min) / buckets
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!
    if (Number.isFinite(x)) counts[Math.min(buckets - 1, Math.floor((x - min) / width))]!++
  }
  const limits = counts.map((_, i) => (i === buckets - 1 ? max : min + (i + 1) * width))
  return { min, max, count, sum, sumSquares, limits, counts, notFinite }
}

/** Of all elements, whatever the shape. `buckets`: default 30. @category constructors @since 0.1.0 */
export const histogram = (name: string, values: Tensor | ArrayLike<number>, options: { readonly buckets?: number } = {}): Summary => ({
  _tag: "Histogram",
  name,
  histogram: histogramOf("data" in values ? values.data : values, options.buckets)
})

/** Every variable of a state, or those whose name fits: for a `summarySaver` hook, `readState`, and `histograms` of it. @category constructors @since 0.1.0 */
export const histograms = (state: State, names: RegExp = /(?:)/): ReadonlyArray<Summary> =>
  [...state].flatMap(([name, tensor]) => (name.search(names) >= 0 ? [histogram(name, tensor)] : []))

/** @category constructors @since 0.1.0 */
export const text = (name: string, markdown: string | ReadonlyArray<string>): Summary => ({
  _tag: "Text",
  name,
  texts: typeof markdown === "string" ? [markdown] : markdown
})

/** Why a tensor cannot be shown as images, or undefined: it must be float32 or int32 `[n, height, width, channels]`. @category rules @since 0.1.0 */
export const imageFault = ({ dtype, shape }: Pick<Tensor, "dtype" | "shape">): string | undefined => {
  const [, height = 0, width = 0, channels = 0] = shape
  return dtype !== "bool" && shape.length === 4 && height > 0 && width > 0 && [1, 3, 4].includes(channels)
    ? undefined
    : `expected float32 (0 to 1) or int32 (0 to 255) of shape [images, height, width, channels] with 1, 3 or 4 channels, got ${printType({ dtype, shape })}`
}

const toByte = (x: number): number => (x >= 255 ? 255 : x > 0 ? Math.round(x) : 0)

/**
 * The first images of a batch `[n, height, width, channels]`: float32 from 0 to 1, int32 from 0 to 255; what lies outside is
 * clipped, NaN is black. `maxOutputs`: default 3. Throws a `RangeError` for another shape or dtype.
 *
 * @category constructors
 * @since 0.1.0
 */
export const image = (name: string, tensor: Tensor, options: { readonly maxOutputs?: number } = {}): Summary => {
  const fault = imageFault(tensor)
  if (fault !== undefined) throw new RangeError(`Summary.image "${name}": ${fault}`)
  const [n = 0, height = 0, width = 0, channels = 0] = tensor.shape
  const size = height * width * channels
  const scale = tensor.dtype === "float32" ? 255 : 1
  const images = Array.from({ length: Math.min(n, options.maxOutputs ?? 3) }, (_, i): Image => {
    const pixels = Uint8Array.from(tensor.data.subarray(i * size, (i + 1) * size), (x) => toByte(x * scale))
    return { height, width, channels: channels as Image["channels"], pixels } // `imageFault` has looked
  })
  return { _tag: "Image", name, images }
}

/** As an event of a run. @category rules @since 0.1.0 */
export const toEvent = (step: number, summaries: ReadonlyArray<Summary>): Extract<RunEvent, { readonly event: "summary" }> => {
  const scalars = Object.fromEntries(summaries.flatMap((summary) => (summary._tag === "Scalar" ? [[summary.name, summary.value]] : [])))
  const others = summaries.filter((summary) => summary._tag !== "Scalar")
  return { event: "summary", step, scalars, ...(others.length === 0 ? {} : { summaries: others }) }
}
