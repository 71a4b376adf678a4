/**
 * The benchmark's workload: sizes, first weights and batches of one Transformer-XL training step. Every contender reads
 * them from the files that `write` makes, so all compute the same thing.
 *
 * @since 0.1.0
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NumpyRandom from "./NumpyRandom.ts"
import sizes from "./sizes.json" with { type: "json" }

/** @category models @since 0.1.0 */
export type Sizes = typeof sizes

/** Token ids of one step, each `[batch, target]` row-major; `y` is `x` one token later. @category models @since 0.1.0 */
export interface Tokens {
  readonly x: ReadonlyArray<Int32Array>
  readonly y: ReadonlyArray<Int32Array>
}

/** The sizes with the batch size that `BENCH_BATCH` asks for (default: that of the table). @category constructors @since 0.1.0 */
export const sizesFromEnvironment = (): Sizes => ({ ...sizes, batch: Number(process.env["BENCH_BATCH"] ?? sizes.batch) })

/** Shapes of all weights by name, in the order of `init.bin`. @category rules @since 0.1.0 */
export const weightShapes = (s: Sizes): ReadonlyMap<string, ReadonlyArray<number>> => {
  const width = s.heads * s.headWidth
  const d = s.modelWidth
  const shapes = new Map<string, ReadonlyArray<number>>([
    ["emb", [s.vocabulary, d]],
    ["out_b", [s.vocabulary]],
    ["rw_b", [s.heads, s.headWidth]],
    ["rr_b", [s.heads, s.headWidth]]
  ])
  for (let i = 0; i < s.layers; i++) {
    shapes
      .set(`l${i}.qkv`, [d, 3 * width])
      .set(`l${i}.r`, [d, width])
      .set(`l${i}.o`, [width, d])
    shapes.set(`l${i}.ln1_g`, [d]).set(`l${i}.ln1_b`, [d])
    shapes.set(`l${i}.ff1_w`, [d, s.innerWidth]).set(`l${i}.ff1_b`, [s.innerWidth])
    shapes.set(`l${i}.ff2_w`, [s.innerWidth, d]).set(`l${i}.ff2_b`, [d])
    shapes.set(`l${i}.ln2_g`, [d]).set(`l${i}.ln2_b`, [d])
  }
  return shapes
}

const sizeOf = (shape: ReadonlyArray<number>) => shape.reduce((a, b) => a * b, 1)
const isGain = (name: string) => name.endsWith("_g")
const isZero = (name: string) => name.endsWith("_b") && !name.startsWith("r")

/** First weights: gains 1, biases 0 (but the two attention biases), all else normal with standard deviation 0.02. */
const makeWeights = (s: Sizes): ReadonlyMap<string, Float32Array> => {
  const random = NumpyRandom.make(s.weightSeed)
  const weights = new Map<string, Float32Array>()
  for (const [name, shape] of weightShapes(s)) {
    const data = new Float32Array(sizeOf(shape))
    if (isGain(name)) data.fill(1)
    else if (!isZero(name)) for (let i = 0; i < data.length; i++) data[i] = random.normal() * 0.02
    weights.set(name, data)
  }
  return weights
}

/** Rows that are drawn whatever the batch size, so that a smaller batch has the first rows of a larger one. */
const rows = 64

/** Consecutive segments of a stream where each token has four possible followers. */
const makeTokens = (s: Sizes): Tokens => {
  const random = NumpyRandom.make(s.batchSeed)
  const followers = Int32Array.from({ length: s.vocabulary * 4 }, () => random.below(s.vocabulary))
  const columns = s.distinctBatches * s.target + 1
  const text = new Int32Array(rows * columns)
  for (let r = 0; r < rows; r++) text[r * columns] = random.below(s.vocabulary)
  for (let c = 1; c < columns; c++) {
    for (let r = 0; r < rows; r++) {
      text[r * columns + c] = followers[text[r * columns + c - 1]! * 4 + random.below(4)]!
    }
  }
  const segment = (start: number) => {
    const out = new Int32Array(s.batch * s.target)
    for (let r = 0; r < s.batch; r++) {
      const from = r * columns + start
      out.set(text.subarray(from, from + s.target), r * s.target)
    }
    return out
  }
  const starts = Array.from({ length: s.distinctBatches }, (_, i) => i * s.target)
  return { x: starts.map(segment), y: starts.map((start) => segment(start + 1)) }
}

const replace = (path: string, content: string | Uint8Array) => {
  writeFileSync(`${path}.part`, content)
  renameSync(`${path}.part`, path)
}

const tokensFile = (batch: number) => `batches_${batch}.json`

/** Writes `shapes.json`, `init.bin` (float32, little-endian, one weight after the other) and the batches; keeps what is there. @category constructors @since 0.1.0 */
export const write = (directory: string, s: Sizes): void => {
  mkdirSync(directory, { recursive: true })
  const shapes = join(directory, "shapes.json")
  const text = JSON.stringify(Object.fromEntries(weightShapes(s)))
  if (!existsSync(shapes) || readFileSync(shapes, "utf8") !== text) {
    const weights = [...makeWeights(s).values()]
    replace(join(directory, "init.bin"), Buffer.concat(weights.map((w) => Buffer.from(w.buffer))))
    replace(shapes, text)
  }
  const tokens = join(directory, tokensFile(s.batch))
  if (existsSync(tokens)) return
  const { x, y } = makeTokens(s)
  replace(tokens, JSON.stringify({ x: x.map((a) => [...a]), y: y.map((a) => [...a]) }))
}

/** @category readers @since 0.1.0 */
export const readWeights = (directory: string, s: Sizes): ReadonlyMap<string, Float32Array> => {
  const bytes = readFileSync(join(directory, "init.bin"))
  const all = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const weights = new Map<string, Float32Array>()
  let start = 0
  for (const [name, shape] of weightShapes(s)) {
    weights.set(name, all.subarray(start, start + sizeOf(shape)))
    start += sizeOf(shape)
  }
  return weights
}

/** @category readers @since 0.1.0 */
export const readTokens = (directory: string, s: Sizes): Tokens => {
  // the file is this module's own
  const read = JSON.parse(readFileSync(join(directory, tokensFile(s.batch)), "utf8")) as { x: Array<Array<number>>; y: Array<Array<number>> }
  return { x: read.x.map((a) => Int32Array.from(a)), y: read.y.map((a) => Int32Array.from(a)) }
}

/** Sinusoids of relative distance `memory + target - 1` down to 0: `[memory + target, modelWidth]`. @category rules @since 0.1.0 */
export const positions = (s: Sizes): Float32Array => {
  const length = s.memory + s.target
  const half = s.modelWidth / 2
  const out = new Float32Array(length * s.modelWidth)
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < half; j++) {
      const angle = (length - 1 - i) / 10000 ** ((2 * j) / s.modelWidth)
      out[i * s.modelWidth + j] = Math.sin(angle)
      out[i * s.modelWidth + half + j] = Math.cos(angle)
    }
  }
  return out
}

/** Added to the scores: -1e30 where a token would see a later one, 0 elsewhere: `[target, memory + target]`. @category rules @since 0.1.0 */
export const causalMask = (s: Sizes): Float32Array => {
  const length = s.memory + s.target
  const out = new Float32Array(s.target * length)
  for (let i = 0; i < s.target; i++) out.fill(-1e30, i * length + s.memory + i + 1, (i + 1) * length)
  return out
}
