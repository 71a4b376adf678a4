/**
 * A workload besides the Transformer-XL: sizes, first weights and batches, made from seeds and written to files that every
 * contender reads, so that all compute the same thing.
 *
 * @since 0.1.0
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NumpyRandom from "./NumpyRandom.ts"

/** @category models @since 0.1.0 */
export interface Weight {
  readonly shape: ReadonlyArray<number>
  /** Standard deviation of normal numbers, or the one value that all elements have. */
  readonly first: { readonly deviation: number } | { readonly value: number }
}

/** One leaf of the batches: float32 normal numbers, or int32 numbers below a bound. @category models @since 0.1.0 */
export interface Leaf {
  readonly shape: ReadonlyArray<number>
  /** Absent for float32. */
  readonly below?: number
}

/** @category models @since 0.1.0 */
export interface Work {
  readonly name: string
  /** One line: the model, the batch, the optimizer. */
  readonly title: string
  /** Numbers that the models and the Python peers use by name. */
  readonly sizes: { readonly [name: string]: number }
  readonly weights: ReadonlyMap<string, Weight>
  readonly x: Leaf
  readonly y: Leaf
  /** Steps of a burst. */
  readonly steps: number
}

/** @category models @since 0.1.0 */
export interface Batch {
  readonly x: Float32Array | Int32Array
  readonly y: Float32Array | Int32Array
}

/** Batches that take turns. @category constants @since 0.1.0 */
export const distinctBatches = 8
/** Threads of every contender. @category constants @since 0.1.0 */
export const threads = 2

const sizeOf = (shape: ReadonlyArray<number>) => shape.reduce((a, b) => a * b, 1)

const firstValues = (random: NumpyRandom.NumpyRandom, { first, shape }: Weight): Float32Array =>
  "value" in first
    ? new Float32Array(sizeOf(shape)).fill(first.value)
    : Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * first.deviation)

const leafValues = (random: NumpyRandom.NumpyRandom, { below, shape }: Leaf): Float32Array | Int32Array =>
  below === undefined
    ? Float32Array.from({ length: sizeOf(shape) }, () => random.normal())
    : Int32Array.from({ length: sizeOf(shape) }, () => random.below(below))

const bytesOf = (data: Float32Array | Int32Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

/**
 * Writes `<name>/work.json` (sizes and shapes), `weights.bin`, `x.bin` and `y.bin` (little-endian, one weight or batch after
 * the other); keeps what is there.
 *
 * @category constructors
 * @since 0.1.0
 */
export const write = (directory: string, work: Work): void => {
  const folder = join(directory, work.name)
  const weights = Object.fromEntries([...work.weights].map(([name, { shape }]) => [name, shape]))
  const firsts = [...work.weights.values()].map(({ first }) => first)
  const text = JSON.stringify({ sizes: work.sizes, weights, x: work.x, y: work.y, firsts, distinctBatches, threads })
  const description = join(folder, "work.json")
  if (existsSync(description) && readFileSync(description, "utf8") === text) return
  mkdirSync(folder, { recursive: true })
  const random = NumpyRandom.make(7)
  writeFileSync(join(folder, "weights.bin"), Buffer.concat([...work.weights.values()].map((weight) => bytesOf(firstValues(random, weight)))))
  const batches = NumpyRandom.make(11)
  const x: Array<Uint8Array> = []
  const y: Array<Uint8Array> = []
  for (let i = 0; i < distinctBatches; i++) {
    x.push(bytesOf(leafValues(batches, work.x)))
    y.push(bytesOf(leafValues(batches, work.y)))
  }
  writeFileSync(join(folder, "x.bin"), Buffer.concat(x))
  writeFileSync(join(folder, "y.bin"), Buffer.concat(y))
  // last: it says that the others are whole
  writeFileSync(`${description}.part`, text)
  renameSync(`${description}.part`, description)
}

const read = (path: string): ArrayBuffer => {
  const bytes = readFileSync(path)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
}

/** First weights by name. @category readers @since 0.1.0 */
export const readWeights = (directory: string, work: Work): ReadonlyMap<string, Float32Array> => {
  const all = new Float32Array(read(join(directory, work.name, "weights.bin")))
  let start = 0
  return new Map([...work.weights].map(([name, { shape }]) => [name, all.subarray(start, (start += sizeOf(shape)))]))
}

/** @category readers @since 0.1.0 */
export const readBatches = (directory: string, work: Work): ReadonlyArray<Batch> => {
  const values = (leaf: "x" | "y") => {
    const buffer = read(join(directory, work.name, `${leaf}.bin`))
    const { below, shape } = work[leaf]
    const all = below === undefined ? new Float32Array(buffer) : new Int32Array(buffer)
    return (i: number) => all.slice(i * sizeOf(shape), (i + 1) * sizeOf(shape))
  }
  const [x, y] = [values("x"), values("y")]
  return Array.from({ length: distinctBatches }, (_, i) => ({ x: x(i), y: y(i) }))
}
