/**
 * The state of a program on the host, one value of each leaf for each replica, and the step over it.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Evaluate from "../../../domain/graph/Evaluate.ts"
import {
  type Batch,
  type BatchLeaf,
  batchLeaves,
  globalShape,
  outfeedLeaves,
  type Program,
  randomKeyName,
  type State,
  type StateLeaf,
  stateLeaves,
  type StepOutput
} from "../../../domain/Program.ts"
import * as RandomKey from "../../../domain/RandomKey.ts"
import { allocate, copyElements, dtypeOfData, printType, sameShape, sizeOf, type TensorData, type TensorType } from "../../../domain/Tensor.ts"

/** `[replica][state leaf]`; leaves other than the cache are one array for all replicas. Never written to, only replaced. */
type Values = ReadonlyArray<ReadonlyArray<TensorData>>

/** @category models @since 0.1.0 */
export interface Replicas {
  readonly leaves: ReadonlyArray<StateLeaf>
  /** Names of leaves that have no value yet: all of them before `initialise`. */
  readonly missing: () => ReadonlyArray<string>
  readonly initialise: (seed: number) => void
  /** A copy. */
  readonly read: () => State
  /** All leaves or none: the failure says which leaf does not fit and why. */
  readonly write: (state: State) => Result.Result<void, string>
  /** A copy of the batch, once it is known to fit. */
  readonly accept: (batch: Batch) => Result.Result<Batch, string>
  /** One step on all replicas; the state stays as it was when this throws. */
  readonly step: (batch: Batch) => StepOutput
}

/** The type of a leaf in `State`: cache leaves are stacked. */
const stacked = (leaf: StateLeaf, replicas: number): TensorType =>
  leaf.kind === "cache" ? { dtype: leaf.type.dtype, shape: [replicas, ...leaf.type.shape] } : leaf.type

/** Equal parts of `data`, one for each replica; nothing is copied. */
const part = (data: TensorData, replica: number, replicas: number): TensorData => {
  const length = data.length / replicas
  return data.subarray(replica * length, (replica + 1) * length)
}

const copyOf = (data: TensorData): TensorData => {
  const copy = allocate(dtypeOfData(data)!, data.length) // it is of one of the three classes
  copyElements(copy, data)
  return copy
}

const joined = (parts: ReadonlyArray<TensorData>, type: TensorType): TensorData => {
  const length = sizeOf(type.shape)
  const all = allocate(type.dtype, length * parts.length)
  parts.forEach((data, r) => all.set(data, r * length))
  return all
}

const acceptBatch = (leaves: ReadonlyArray<BatchLeaf>, replicas: number, batch: Batch): Result.Result<Batch, string> => {
  if (batch.length !== leaves.length) return Result.fail(`expected ${leaves.length} leaves, got ${batch.length}`)
  for (let i = 0; i < leaves.length; i++) {
    const { name, type } = leaves[i]!
    const shape = globalShape(type.shape, replicas)
    const dtype = dtypeOfData(batch[i])
    if (dtype !== type.dtype) return Result.fail(`expected ${type.dtype} for "${name}", got ${dtype ?? typeof batch[i]}`)
    if (batch[i]!.length !== sizeOf(shape)) {
      return Result.fail(`expected ${sizeOf(shape)} elements for "${name}" (${printType({ dtype, shape })}), got ${batch[i]!.length}`)
    }
  }
  return Result.succeed(batch.map(copyOf))
}

/** @category constructors @since 0.1.0 */
export const make = (program: Program, replicas: number): Replicas => {
  const leaves = stateLeaves(program.step)
  const batch = batchLeaves(program.step)
  const outfeeds = outfeedLeaves(program.step)
  const step = Evaluate.make(program.step)
  const init = Evaluate.make(program.init)
  const places = outputPlaces(program, leaves)
  let values = new Map<string, ReadonlyArray<TensorData>>()

  const everywhere = (data: TensorData): ReadonlyArray<TensorData> => new Array<TensorData>(replicas).fill(data)

  const write = (state: State): Result.Result<void, string> => {
    const next = new Map(values)
    for (const [name, tensor] of state) {
      const leaf = leaves.find((l) => l.name === name)
      if (leaf === undefined) return Result.fail(`there is no state leaf "${name}"`)
      const type = stacked(leaf, replicas)
      if (
        tensor.dtype !== type.dtype ||
        !sameShape(tensor.shape, type.shape) ||
        dtypeOfData(tensor.data) !== type.dtype ||
        tensor.data.length !== sizeOf(type.shape)
      ) {
        return Result.fail(`expected ${printType(type)} for "${name}", got ${printType(tensor)} with ${tensor.data.length} elements`)
      }
      const copy = copyOf(tensor.data)
      next.set(name, leaf.kind === "cache" ? everywhere(copy).map((_, r) => part(copy, r, replicas)) : everywhere(copy))
    }
    values = next
    return Result.succeed(undefined)
  }

  const read = (): State =>
    new Map(
      leaves.map((leaf) => {
        const of = values.get(leaf.name)!
        return [leaf.name, { ...stacked(leaf, replicas), data: leaf.kind === "cache" ? joined(of, leaf.type) : of[0]!.slice() }]
      })
    )

  const initialise = (seed: number): void => {
    const key = RandomKey.fromSeed(seed)
    const first = init.run([program.init.parameters.map(() => Int32Array.of(key[0]!, key[1]!, RandomKey.initCounter))])[0]!
    const next = new Map<string, ReadonlyArray<TensorData>>()
    if (leaves.some((leaf) => leaf.name === randomKeyName)) next.set(randomKeyName, everywhere(key))
    program.init.outputs.forEach((output, i) => next.set(output.name, everywhere(first[i]!)))
    values = next
  }

  const run = (fed: Batch): StepOutput => {
    const parameters: Values = Array.from({ length: replicas }, (_, r) =>
      places.parameters.map((p) => ("leaf" in p ? values.get(p.leaf)![r]! : part(fed[p.batch]!, r, replicas)))
    )
    const outputs = step.run(parameters)
    const next = new Map<string, ReadonlyArray<TensorData>>()
    leaves.forEach((leaf, i) => {
      const at = places.successors[i]!
      next.set(leaf.name, leaf.kind === "cache" ? outputs.map((of) => of[at]!) : everywhere(outputs[0]![at]!))
    })
    values = next
    return {
      loss: places.loss < 0 ? NaN : outputs.reduce((total, of) => total + of[places.loss]![0]!, 0) / replicas,
      outfeed: outfeeds.map(({ type }, i) =>
        joined(
          outputs.map((of) => of[places.outfeeds[i]!]!),
          type
        )
      )
    }
  }

  return {
    leaves,
    missing: () => leaves.filter((leaf) => !values.has(leaf.name)).map((leaf) => leaf.name),
    initialise,
    read,
    write,
    accept: (fed) => acceptBatch(batch, replicas, fed),
    step: run
  }
}

/** Where the step graph's parameters come from and its outputs go. */
const outputPlaces = ({ step }: Program, leaves: ReadonlyArray<StateLeaf>) => {
  let batch = 0
  return {
    parameters: step.parameters.map(({ name, role }) => (role._tag === "State" ? { leaf: name } : { batch: batch++ })),
    successors: leaves.map((leaf) => step.outputs.findIndex((o) => o.role._tag === "State" && o.name === leaf.name)),
    loss: step.outputs.findIndex((o) => o.role._tag === "Loss"),
    outfeeds: step.outputs.flatMap((o, i) => (o.role._tag === "Outfeed" ? [i] : []))
  }
}
