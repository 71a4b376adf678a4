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
import { allocate, printType, sameShape, sizeOf, type Tensor, type TensorData, type TensorType } from "./Tensor.ts"

/** What every batch of an input must look like. @category models @since 0.1.0 */
export interface BatchSpec {
  /** Global types in flattening order: features, then labels. */
  readonly leaves: ReadonlyArray<{ readonly name: string; readonly type: TensorType }>
  /** Rows of a full global batch. */
  readonly batchSize: number
  readonly replicas: number
  /** Per-replica types in the input's own structure. */
  readonly features: Nest<TensorType>
  readonly labels: Nest<TensorType> | undefined
  /** Elements of `labels` in one example where these are int32 of rank 2 or more (tokens of a text); otherwise 1. */
  readonly tokensPerExample: number
  /** `valid` of a full batch: ones. */
  readonly allValid: Float32Array
}

/** A batch for the device with the number of rows that are examples. @category models @since 0.1.0 */
export interface PreparedBatch {
  readonly data: Batch
  readonly valid: number
}

const leavesOf = (example: Example): ReadonlyArray<nest.NamedLeaf<Tensor>> => [
  ...nest.flatten(example.features, "features"),
  ...(example.labels === undefined ? [] : nest.flatten(example.labels, "labels"))
]

/** Each leaf is a host tensor with an axis for the examples, and all agree on their number. */
const rowsOf = (leaves: ReadonlyArray<nest.NamedLeaf<Tensor>>, batch: number): Result.Result<number, InputError> => {
  let rows: number | undefined
  for (const { name, value } of leaves) {
    if (!nest.isTyped(value) || !ArrayBuffer.isView((value as Partial<Tensor>).data)) {
      const detail = "expected a host tensor: Tensor.make(typedArray, shape)"
      return Result.fail(new InputError({ reason: "NotATensor", leaf: name, batch, detail }))
    }
    if (value.shape.length === 0) {
      const detail = "a scalar has no axis for the examples; give it the shape [batch]"
      return Result.fail(new InputError({ reason: "ShapeChanged", leaf: name, batch, detail }))
    }
    if (rows !== undefined && value.shape[0] !== rows) {
      const detail = `${value.shape[0]} rows, but ${leaves[0]!.name} has ${rows}`
      return Result.fail(new InputError({ reason: "ShapeChanged", leaf: name, batch, detail }))
    }
    rows = value.shape[0]!
  }
  if (rows === undefined) return Result.fail(new InputError({ reason: "KeysChanged", leaf: "", batch, detail: "the batch has no tensors" }))
  return Result.succeed(rows)
}

/**
 * Reads from the first batch what all must be. `batchSize` is the configured global size; without one it is the first
 * batch's number of rows.
 *
 * @category constructors
 * @since 0.1.0
 */
export const specOf = (first: Example, replicas: number, configuredSize?: number): Result.Result<BatchSpec, InputError> => {
  const leaves = leavesOf(first)
  return Result.flatMap(rowsOf(leaves, 0), (rows) => {
    const batchSize = configuredSize ?? rows
    if (batchSize % replicas !== 0) {
      const detail = `a global batch of ${batchSize} rows cannot be split over ${replicas} replicas; make it a multiple of ${replicas}`
      return Result.fail(new InputError({ reason: "NotDivisible", leaf: "", batch: 0, detail }))
    }
    const perReplica = (t: Tensor): TensorType => ({ dtype: t.dtype, shape: [batchSize / replicas, ...t.shape.slice(1)] })
    const labels = first.labels === undefined ? undefined : nest.flatten(first.labels, "labels")
    const tokens = labels?.find(({ value }) => value.dtype === "int32" && value.shape.length >= 2)
    return Result.succeed({
      leaves: leaves.map(({ name, value }) => ({ name, type: { dtype: value.dtype, shape: [batchSize, ...value.shape.slice(1)] } })),
      batchSize,
      replicas,
      features: nest.map(first.features, "features", perReplica),
      labels: first.labels === undefined ? undefined : nest.map(first.labels, "labels", perReplica),
      tokensPerExample: tokens === undefined ? 1 : sizeOf(tokens.value.shape.slice(1)),
      allValid: new Float32Array(batchSize).fill(1)
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

const leafDiffers = (name: string, expected: TensorType, came: Tensor, batch: number): InputError | undefined => {
  const words = `expected ${printType(expected)} as in the first batch, got ${printType(came)}`
  if (came.dtype !== expected.dtype) return new InputError({ reason: "DTypeChanged", leaf: name, batch, detail: words })
  if (!sameShape(came.shape.slice(1), expected.shape.slice(1))) return new InputError({ reason: "ShapeChanged", leaf: name, batch, detail: words })
  if (came.data.length !== sizeOf(came.shape)) {
    return new InputError({ reason: "ShapeChanged", leaf: name, batch, detail: `${printType(came)} holds ${came.data.length} elements` })
  }
  return undefined
}

const padded = (data: TensorData, type: TensorType): TensorData => {
  const out = allocate(type.dtype, sizeOf(type.shape))
  out.set(data)
  return out
}

/**
 * Checks one batch against the spec and gives the device's leaves, `valid` (1 for an example, 0 for padding) last.
 * A batch with fewer rows is padded with zeros when `pad` is set and refused otherwise.
 *
 * @category rules
 * @since 0.1.0
 */
export const prepare = (spec: BatchSpec, example: Example, batch: number, pad: boolean): Result.Result<PreparedBatch, InputError> => {
  const leaves = leavesOf(example)
  const wrongKeys = keysDiffer(spec, leaves, batch)
  if (wrongKeys !== undefined) return Result.fail(wrongKeys)
  return Result.flatMap(rowsOf(leaves, batch), (rows) => {
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
      const wrong = leafDiffers(name, type, leaves[i]!.value, batch)
      if (wrong !== undefined) return Result.fail(wrong)
      data.push(rows === spec.batchSize ? leaves[i]!.value.data : padded(leaves[i]!.value.data, type))
    }
    data.push(rows === spec.batchSize ? spec.allValid : new Float32Array(spec.batchSize).fill(1, 0, rows))
    return Result.succeed({ data, valid: rows })
  })
}

/**
 * What the host sees of an outfeed leaf of per-replica type `type`: the first `rows` rows, replicas put together. A scalar
 * gives `[replicas]`; a leaf without the batch on its first axis is given whole. Nothing is copied.
 *
 * @category rules
 * @since 0.1.0
 */
export const firstRows = (data: TensorData, type: TensorType, spec: BatchSpec, rows: number): Tensor => {
  const { dtype } = type
  if (type.shape.length === 0) return { dtype, shape: [data.length], data }
  const inner = type.shape.slice(1)
  const height = type.shape[0]! * spec.replicas
  if (height !== spec.batchSize || rows === height) return { dtype, shape: [height, ...inner], data }
  return { dtype, shape: [rows, ...inner], data: data.subarray(0, rows * sizeOf(inner)) }
}
