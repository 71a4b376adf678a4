/**
 * From the user's examples to the device's batches: what the first batch fixes, and the checks of all others.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { InputError } from "./Errors.ts"
import type { Example } from "./Input.ts"
import type { Nest } from "./Model.ts"
import * as nest from "./nest.ts"
import type { Batch } from "./Program.ts"
import type { PartitionDims } from "./TpuConfig.ts"
import { allocate, printType, sameShape, type Shape, sizeOf, type Tensor, type TensorData, type TensorType } from "./Tensor.ts"

/** How the rows of a global batch go to the replicas. @category models @since 0.1.0 */
export interface BatchLayout {
  /** Every replica gets the whole batch, and what leaves the device is taken once. Default false: each gets its share. */
  readonly broadcast?: boolean
  /** The axis of the examples of each leaf in flattening order, features first (`batch_axis`). Default: 0 for all. */
  readonly batchAxis?: ReadonlyArray<number> | undefined
  /** How a replica's leaves are cut over its cores (`deployment/partition`). */
  readonly partition?: { readonly dims: ReadonlyArray<PartitionDims>; readonly cores: number } | undefined
  /** Makes a batch size that was not configured a multiple of the replicas, as evaluate and predict pad batches anyway. Default false. */
  readonly roundUp?: boolean | undefined
}

/** What every batch of an input must look like. @category models @since 0.1.0 */
export interface BatchSpec {
  /** Global types in flattening order: features, then labels. */
  readonly leaves: ReadonlyArray<{ readonly name: string; readonly type: TensorType }>
  /** Rows of a full global batch. */
  readonly batchSize: number
  readonly replicas: number
  /** Rows that one replica sees. */
  readonly rowsPerReplica: number
  readonly broadcast: boolean
  /** Axis of the examples of each leaf. */
  readonly axes: ReadonlyArray<number>
  /** Per-replica types in the input's own structure. */
  readonly features: Nest<TensorType>
  readonly labels: Nest<TensorType> | undefined
  /** Elements of `labels` in one example where these are int32 of rank 2 or more (tokens of a text); otherwise 1. */
  readonly tokensPerExample: number
  /** `valid` of a full batch for the device: ones. */
  readonly allValid: Float32Array
}

/** Which rows of a global batch are examples: so many first ones, or those with these indices. @category models @since 0.1.0 */
export type ValidRows = number | Int32Array

/** @category rules @since 0.1.0 */
export const countOf = (rows: ValidRows): number => (typeof rows === "number" ? rows : rows.length)

/** How many of the rows are of replica `replica`; of a broadcast batch, which each has whole, those of replica 0 alone. @category rules @since 0.1.0 */
export const countOfReplica = (rows: ValidRows, { broadcast, rowsPerReplica }: BatchSpec, replica: number): number => {
  if (broadcast) return replica === 0 ? countOf(rows) : 0
  const from = replica * rowsPerReplica
  if (typeof rows === "number") return Math.max(0, Math.min(rowsPerReplica, rows - from))
  return rows.reduce((count, row) => count + (row >= from && row < from + rowsPerReplica ? 1 : 0), 0)
}

/** A batch for the device with the rows that are examples. @category models @since 0.1.0 */
export interface PreparedBatch {
  readonly data: Batch
  readonly valid: ValidRows
}

/** Features first, then labels. @category rules @since 0.1.0 */
export const leavesOf = (example: Example): ReadonlyArray<nest.NamedLeaf<Tensor>> => [
  ...nest.flatten(example.features, "features"),
  ...(example.labels === undefined ? [] : nest.flatten(example.labels, "labels"))
]

/** Each leaf is a host tensor with an axis for the examples, and all agree on their number. @category rules @since 0.1.0 */
export const rowsOf = (
  leaves: ReadonlyArray<nest.NamedLeaf<Tensor>>,
  batch: number,
  axes?: ReadonlyArray<number> | undefined
): Result.Result<number, InputError> => {
  let rows: number | undefined
  for (const [i, { name, value }] of leaves.entries()) {
    if (value === undefined) {
      const detail = "an element of an input is a record { features, labels? } of host tensors; this one has no features"
      return Result.fail(new InputError({ reason: "NotATensor", leaf: name, batch, detail }))
    }
    if (!nest.isTyped(value) || !ArrayBuffer.isView((value as Partial<Tensor>).data)) {
      const detail = "expected a host tensor: Tensor.make(typedArray, shape)"
      return Result.fail(new InputError({ reason: "NotATensor", leaf: name, batch, detail }))
    }
    if (value.shape.length === 0) {
      const detail = "a scalar has no axis for the examples; give it the shape [batch]"
      return Result.fail(new InputError({ reason: "ShapeChanged", leaf: name, batch, detail }))
    }
    const axis = axes?.[i] ?? 0
    const height = value.shape[axis]
    if (height === undefined) {
      const detail = `batchAxis gives axis ${axis} to it, but it is ${printType(value)}`
      return Result.fail(new InputError({ reason: "ShapeChanged", leaf: name, batch, detail }))
    }
    if (rows !== undefined && height !== rows) {
      const detail = `${height} rows, but ${leaves[0]!.name} has ${rows}`
      return Result.fail(new InputError({ reason: "ShapeChanged", leaf: name, batch, detail }))
    }
    rows = height
  }
  if (rows === undefined) return Result.fail(new InputError({ reason: "KeysChanged", leaf: "", batch, detail: "the batch has no tensors" }))
  if (rows === 0) return Result.fail(new InputError({ reason: "Empty", leaf: "", batch, detail: "the batch has no rows" }))
  return Result.succeed(rows)
}

const withAxis = (shape: Shape, axis: number, extent: number): Shape => shape.map((d, i) => (i === axis ? extent : d))

/**
 * Reads from the first batch what all must be. `batchSize` is the configured global size; without one it is the first
 * batch's number of rows.
 *
 * @category constructors
 * @since 0.1.0
 */
export const specOf = (first: Example, replicas: number, configuredSize?: number, layout: BatchLayout = {}): Result.Result<BatchSpec, InputError> => {
  const leaves = leavesOf(first)
  const { batchAxis, broadcast = false } = layout
  if (batchAxis !== undefined && batchAxis.length !== leaves.length) {
    const detail = `batchAxis has ${batchAxis.length} entries for ${leaves.length} tensors: ${leaves.map(({ name }) => name).join(", ")}`
    return Result.fail(new InputError({ reason: "KeysChanged", leaf: "", batch: 0, detail }))
  }
  return Result.flatMap(rowsOf(leaves, 0, batchAxis), (rows) => {
    const batchSize = configuredSize ?? (layout.roundUp === true && !broadcast ? Math.ceil(rows / replicas) * replicas : rows)
    if (!broadcast && batchSize % replicas !== 0) {
      const detail = `a global batch of ${batchSize} rows cannot be split over ${replicas} replicas; make it a multiple of ${replicas}`
      return Result.fail(new InputError({ reason: "NotDivisible", leaf: "", batch: 0, detail }))
    }
    const axes = batchAxis ?? leaves.map(() => 0)
    const rowsPerReplica = broadcast ? batchSize : batchSize / replicas
    const features = nest.flatten(first.features, "features").length
    const labels = first.labels === undefined ? undefined : nest.flatten(first.labels, "labels")
    const perReplica = (from: number) => {
      let leaf = from
      return ({ dtype, shape }: Tensor): TensorType => ({ dtype, shape: withAxis(shape, axes[leaf++]!, rowsPerReplica) })
    }
    const tokens = labels?.findIndex(({ value }) => value.dtype === "int32" && value.shape.length >= 2) ?? -1
    return Result.succeed({
      leaves: leaves.map(({ name, value }, i) => ({ name, type: { dtype: value.dtype, shape: withAxis(value.shape, axes[i]!, batchSize) } })),
      batchSize,
      replicas,
      rowsPerReplica,
      broadcast,
      axes,
      features: nest.map(first.features, "features", perReplica(0)),
      labels: first.labels === undefined ? undefined : nest.map(first.labels, "labels", perReplica(features)),
      tokensPerExample: tokens < 0 ? 1 : sizeOf(withAxis(labels![tokens]!.value.shape, axes[features + tokens]!, 1)),
      allValid: new Float32Array(rowsPerReplica * replicas).fill(1)
    })
  })
}

const keysDiffer = (spec: BatchSpec, leaves: ReadonlyArray<nest.NamedLeaf<Tensor>>, batch: number): InputError | undefined => {
  const expected = new Set(spec.leaves.map((leaf) => leaf.name))
  const came = new Set(leaves.map((leaf) => leaf.name))
  const appeared = [...came].find((name) => !expected.has(name))
  const vanished = [...expected].find((name) => !came.has(name))
  const name = vanished ?? appeared
  if (name === undefined) return undefined
  const detail = `${vanished === undefined ? "was not in the first batch, but is in this one" : "was in the first batch, but is not in this one"}; every batch must have the same keys: ${[...expected].join(", ")}`
  return new InputError({ reason: "KeysChanged", leaf: name, batch, detail })
}

const leafDiffers = (name: string, expected: TensorType, axis: number, came: Tensor, batch: number): InputError | undefined => {
  const words = `expected ${printType(expected)} as in the first batch, got ${printType(came)}`
  if (came.dtype !== expected.dtype) return new InputError({ reason: "DTypeChanged", leaf: name, batch, detail: words })
  if (!sameShape(withAxis(came.shape, axis, 0), withAxis(expected.shape, axis, 0)))
    return new InputError({ reason: "ShapeChanged", leaf: name, batch, detail: words })
  if (came.data.length !== sizeOf(came.shape)) {
    return new InputError({ reason: "ShapeChanged", leaf: name, batch, detail: `${printType(came)} holds ${came.data.length} elements` })
  }
  return undefined
}

/** Copies `rows` rows along `axis` of a block of `fromRows` into one of `toRows`; rows lie together only on axis 0. */
const copyRows = (from: TensorData, fromShape: Shape, to: TensorData, toRows: number, axis: number, fromRow: number, toRow: number, rows: number) => {
  const inner = sizeOf(fromShape.slice(axis + 1))
  const outer = sizeOf(fromShape.slice(0, axis))
  const fromRows = fromShape[axis]!
  for (let o = 0; o < outer; o++) {
    const at = (o * fromRows + fromRow) * inner
    to.set(from.subarray(at, at + rows * inner), (o * toRows + toRow) * inner)
  }
}

/** The parts of one leaf put together along `axis`; part p takes the place of rows `p * partRows …`, missing rows are 0. @category rules @since 0.1.0 */
export const concatenate = (parts: ReadonlyArray<Tensor | undefined>, type: TensorType, axis: number, partRows: number): Tensor => {
  const data = allocate(type.dtype, sizeOf(type.shape))
  for (const [p, part] of parts.entries()) {
    if (part !== undefined) copyRows(part.data, part.shape, data, type.shape[axis]!, axis, 0, p * partRows, part.shape[axis]!)
  }
  return { dtype: type.dtype, shape: type.shape, data }
}

/** One leaf as the device takes it: padded, and the replicas' parts one after another. */
const forDevice = (spec: BatchSpec, leaf: number, tensor: Tensor): TensorData => {
  const { type } = spec.leaves[leaf]!
  const axis = spec.axes[leaf]!
  const full = tensor.shape[axis] === spec.batchSize ? tensor : concatenate([tensor], type, axis, spec.batchSize)
  if (spec.broadcast) {
    const data = allocate(type.dtype, full.data.length * spec.replicas)
    for (let r = 0; r < spec.replicas; r++) data.set(full.data, r * full.data.length)
    return data
  }
  if (axis === 0 || spec.replicas === 1) return full.data
  const data = allocate(type.dtype, full.data.length)
  const each = full.data.length / spec.replicas
  for (let r = 0; r < spec.replicas; r++) {
    const part = data.subarray(r * each, (r + 1) * each)
    copyRows(full.data, full.shape, part, spec.rowsPerReplica, axis, r * spec.rowsPerReplica, 0, spec.rowsPerReplica)
  }
  return data
}

/** `valid` as the device takes it. */
const validForDevice = (spec: BatchSpec, rows: number, mask: Float32Array | undefined): TensorData => {
  if (mask === undefined && rows === spec.batchSize) return spec.allValid
  const one = mask ?? new Float32Array(spec.batchSize).fill(1, 0, rows)
  if (!spec.broadcast) return one
  const data = new Float32Array(spec.allValid.length)
  for (let r = 0; r < spec.replicas; r++) data.set(one, r * spec.batchSize)
  return data
}

const validRows = (rows: number, mask: Float32Array | undefined): ValidRows => {
  if (mask === undefined) return rows
  const chosen: Array<number> = []
  for (const [i, value] of mask.entries()) if (value !== 0) chosen.push(i)
  return chosen.length === 0 || chosen.at(-1) === chosen.length - 1 ? chosen.length : Int32Array.from(chosen)
}

/**
 * Checks one batch against the spec and gives the device's leaves, `valid` (1 for an example, 0 for padding) last.
 * A batch with fewer rows is padded with zeros when `pad` is set and refused otherwise. `mask`, of a full batch, tells
 * which of its rows are examples where these do not simply come first.
 *
 * @category rules
 * @since 0.1.0
 */
export const prepare = (
  spec: BatchSpec,
  example: Example,
  batch: number,
  pad: boolean,
  mask?: Float32Array
): Result.Result<PreparedBatch, InputError> => {
  const leaves = leavesOf(example)
  const wrongKeys = keysDiffer(spec, leaves, batch)
  if (wrongKeys !== undefined) return Result.fail(wrongKeys)
  return Result.flatMap(rowsOf(leaves, batch, spec.axes), (rows) => {
    if (rows > spec.batchSize) {
      const detail = `${rows} rows, but the batch size is ${spec.batchSize}`
      return Result.fail(new InputError({ reason: "BatchTooLarge", leaf: "", batch, detail }))
    }
    if (rows < spec.batchSize && !pad) {
      const detail = `${rows} of ${spec.batchSize} rows; training needs full batches: drop the remainder or repeat the data set`
      return Result.fail(new InputError({ reason: rows % spec.replicas === 0 ? "PartialBatch" : "NotDivisible", leaf: "", batch, detail }))
    }
    const data: Array<TensorData> = []
    for (const [i, { name, type }] of spec.leaves.entries()) {
      const wrong = leafDiffers(name, type, spec.axes[i]!, leaves[i]!.value, batch)
      if (wrong !== undefined) return Result.fail(wrong)
      data.push(forDevice(spec, i, leaves[i]!.value))
    }
    data.push(validForDevice(spec, rows, mask))
    return Result.succeed({ data, valid: validRows(rows, mask) })
  })
}

/**
 * What the host sees of an outfeed leaf of per-replica type `type`: the rows that are examples, replicas put together. A
 * scalar gives `[replicas]`; a leaf without the batch on its first axis is given whole. Of a broadcast batch only the
 * first replica's part is taken, as all have the same. Nothing is copied where the rows come first.
 *
 * @category rules
 * @since 0.1.0
 */
export const firstRows = (data: TensorData, type: TensorType, spec: BatchSpec, rows: ValidRows): Tensor => {
  const { dtype } = type
  const copies = spec.broadcast ? 1 : spec.replicas
  if (type.shape.length === 0) return { dtype, shape: [copies], data: data.subarray(0, copies) }
  const inner = type.shape.slice(1)
  const width = sizeOf(inner)
  const height = type.shape[0]! * copies
  if (height !== spec.batchSize || rows === height) return { dtype, shape: [height, ...inner], data: data.subarray(0, height * width) }
  if (typeof rows === "number") return { dtype, shape: [rows, ...inner], data: data.subarray(0, rows * width) }
  const chosen = allocate(dtype, rows.length * width)
  for (const [i, row] of rows.entries()) chosen.set(data.subarray(row * width, (row + 1) * width), i * width)
  return { dtype, shape: [rows.length, ...inner], data: chosen }
}
