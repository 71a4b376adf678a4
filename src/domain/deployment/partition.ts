/**
 * Cuts the leaves of a batch into parts for the cores of one replica (`input_partition_dims`): the rules, as pure functions.
 * `passes/partition` follows the cuts through a whole step.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ConfigError } from "../Errors.ts"
import type { Nest } from "../Model.ts"
import * as nest from "../nest.ts"
import type { Partition } from "../Program.ts"
import { allocate, printType, type Shape, sizeOf, stridesOf, type Tensor, type TensorType } from "../Tensor.ts"

/** Parts along each axis; `null`: every core has the whole leaf. @category models @since 0.1.0 */
export type Dims = ReadonlyArray<number> | null

/** A block of a tensor: where it begins on each axis, and its extents. @category models @since 0.1.0 */
export interface Block {
  readonly start: ReadonlyArray<number>
  readonly shape: Shape
}

/**
 * Sizes of `count` parts of `extent`: the larger of equal shares first, then what is left, then nothing, as in
 * 5 by 4 → 2, 2, 1, 0 and 321 by 2 → 161, 160.
 *
 * @category rules
 * @since 0.1.0
 */
export const splitSizes = (extent: number, count: number): ReadonlyArray<number> => {
  const most = Math.ceil(extent / count)
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(most, extent - i * most)))
}

/** The blocks of a shape in row-major order over its axes: block i is for logical core i. @category rules @since 0.1.0 */
export const blocksOf = (shape: Shape, dims: ReadonlyArray<number>): ReadonlyArray<Block> => {
  let blocks: ReadonlyArray<Block> = [{ start: [], shape: [] }]
  for (const [axis, extent] of shape.entries()) {
    const sizes = splitSizes(extent, dims[axis]!)
    const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, n) => sum + n, 0))
    blocks = blocks.flatMap((block) => sizes.map((size, i) => ({ start: [...block.start, starts[i]!], shape: [...block.shape, size] })))
  }
  return blocks
}

/** Calls `f(offset in the whole, offset in the block, length)` for each run of elements that lie together in both. */
const runsOf = (whole: Shape, block: Block, f: (whole: number, part: number, length: number) => void) => {
  const elements = sizeOf(block.shape)
  if (elements === 0) return
  const strides = stridesOf(whole)
  const length = block.shape.at(-1) ?? 1
  const outer = block.shape.slice(0, -1)
  const outerStrides = stridesOf(outer)
  for (let run = 0; run < elements / length; run++) {
    let at = block.start.at(-1) ?? 0
    for (const [axis, stride] of outerStrides.entries()) at += (block.start[axis]! + (Math.floor(run / stride) % outer[axis]!)) * strides[axis]!
    f(at, run * length, length)
  }
}

/** The parts of a tensor, one for each logical core; `dims` have been checked. @category rules @since 0.1.0 */
export const split = (tensor: Tensor, dims: Dims, cores: number): ReadonlyArray<Tensor> => {
  if (dims === null) return new Array<Tensor>(cores).fill(tensor)
  return blocksOf(tensor.shape, dims).map((block) => {
    const data = allocate(tensor.dtype, sizeOf(block.shape))
    runsOf(tensor.shape, block, (whole, part, length) => data.set(tensor.data.subarray(whole, whole + length), part))
    return { dtype: tensor.dtype, shape: block.shape, data }
  })
}

/** The whole of `type` out of its parts: `split` undone. @category rules @since 0.1.0 */
export const join = (parts: ReadonlyArray<Tensor>, type: TensorType, dims: Dims): Tensor => {
  if (dims === null) return parts[0]!
  const data = allocate(type.dtype, sizeOf(type.shape))
  for (const [i, block] of blocksOf(type.shape, dims).entries()) {
    runsOf(type.shape, block, (whole, part, length) => data.set(parts[i]!.data.subarray(part, part + length), whole))
  }
  return { dtype: type.dtype, shape: type.shape, data }
}

/** What is wrong with the dims of one leaf, in the original's order: signs, (one part: nothing more), product, rank. @category rules @since 0.1.0 */
export const checkDims = (name: string, type: TensorType, dims: Dims, cores: number): ConfigError | undefined => {
  if (dims === null) return undefined
  const wrong = (detail: string) => new ConfigError({ key: "tpu.inputPartitionDims", detail: `[${dims}] for ${name}: ${detail}.` })
  if (!dims.every((d) => Number.isInteger(d) && d >= 1)) return wrong("every entry must be a whole number of at least 1")
  const product = sizeOf(dims)
  if (product === 1) return undefined
  if (product !== cores) return wrong(`they make ${product} parts, but a replica has ${cores} cores (numCoresPerReplica)`)
  if (dims.length !== type.shape.length) return wrong(`${dims.length} entries for ${printType(type)}; one for each axis is needed`)
  return undefined
}

/** One part is no partition: the whole, on logical core 0. */
const effective = (dims: Dims, rank: number): Dims => (dims !== null && sizeOf(dims) === 1 ? new Array<number>(rank).fill(1) : dims)

const isDims = (u: unknown): boolean => u === null || (Array.isArray(u) && u.every((d) => typeof d === "number"))

/** A leaf with the dims that hold for it. @category models @since 0.1.0 */
export interface Partitioned {
  readonly name: string
  readonly type: TensorType
  readonly dims: Dims
}

type Partitions = Result.Result<ReadonlyArray<Partitioned>, ConfigError>

/** The dims of each leaf of one nest; keys at every depth must be those of the leaves. */
const matchNest = (prefix: "features" | "labels", types: Nest<TensorType>, given: Nest<Dims>, cores: number): Partitions => {
  const leaves = nest.flatten(types, prefix)
  const dims = given === null ? leaves.map(({ name }) => ({ name, value: null })) : nest.flatten(given, prefix, isDims)
  const expected = leaves.map(({ name }) => name).join(", ")
  const got = dims.map(({ name }) => name).join(", ")
  if (expected !== got) {
    const detail = `mismatched ${prefix} keys: expected an entry for each of ${expected}; got ${got}.`
    return Result.fail(new ConfigError({ key: "tpu.inputPartitionDims", detail }))
  }
  const out: Array<Partitioned> = []
  for (const [i, { name, value: type }] of leaves.entries()) {
    // leaves of a nest of dims, by `isDims`
    const one = dims[i]!.value as Dims
    const wrong = checkDims(name, type, one, cores)
    if (wrong !== undefined) return Result.fail(wrong)
    out.push({ name, type, dims: effective(one, type.shape.length) })
  }
  return Result.succeed(out)
}

/**
 * How every leaf of a replica's batch is cut: `given` is the configured list, an entry for the features and one for the
 * labels (missing or null: each label whole on every core). The structures must agree to the last key.
 *
 * @category rules
 * @since 0.1.0
 */
export const match = (
  features: Nest<TensorType>,
  labels: Nest<TensorType> | undefined,
  given: ReadonlyArray<Nest<Dims>>,
  cores: number
): Partitions => {
  const first = given[0]
  if (given.length < 1 || given.length > 2 || first === undefined || first === null) {
    const detail = "expected an entry for the features, which may not be null, and perhaps one for the labels."
    return Result.fail(new ConfigError({ key: "tpu.inputPartitionDims", detail }))
  }
  return Result.flatMap(matchNest("features", features, first, cores), (ofFeatures) =>
    labels === undefined
      ? Result.succeed(ofFeatures)
      : Result.map(matchNest("labels", labels, given[1] ?? null, cores), (ofLabels) => [...ofFeatures, ...ofLabels])
  )
}

/** What a program is told of its cores: the leaves that are cut. `undefined` where none is. @category rules @since 0.1.0 */
export const partitionOf = (leaves: ReadonlyArray<Partitioned>, cores: number): Partition | undefined => {
  const dims = new Map(leaves.flatMap(({ dims, name }) => (dims === null || sizeOf(dims) === 1 ? [] : [[name, dims] as const])))
  return dims.size === 0 ? undefined : { cores, dims }
}
