/**
 * Runs steps of a plan in a session, and moves its state between the session and the shared memory.
 *
 * @since 0.1.0
 */
import * as RandomKey from "../../../domain/RandomKey.ts"
import { sizeOf, view } from "../../../domain/Tensor.ts"
import { firstValues } from "../hosted/firstValues.ts"
import type { SlotPlace } from "../hosted/Plan.ts"
import type { Runner } from "../hosted/serve.ts"
import { type Addon, type Feed, openSession, TensorflowError } from "./Binding.ts"
import type { Variable } from "./graphNodes.ts"
import type { Draw } from "./stepGraph.ts"
import type { WorkerPlan } from "./WorkerPlan.ts"

const fills = {
  RandomUniform: RandomKey.fillUniform,
  RandomNormal: RandomKey.fillNormal,
  RandomTruncatedNormal: RandomKey.fillTruncatedNormal
} as const

const scalar = (name: string, value: number): Feed => ({ name, dtype: "int32", shape: [], data: Int32Array.of(value) })

/** Rows of a leaf's slots `slot …`, as one tensor. */
const rowsOf = (memory: ArrayBufferLike, { base, stride, type, shape }: SlotPlace, slot: number, count: number) =>
  view(type.dtype, memory, base + slot * stride, sizeOf(shape) * count)

const makeBatches = ({ layout, memory, step, xla }: WorkerPlan) => {
  const { replicas, slots } = layout
  const leaves = step.batches.map((index) => layout.infeed[index]!)
  return (slot: number, count: number): ReadonlyArray<Feed> => {
    // XLA compiles for a number of rows: it gets all slots, and is told where to begin
    const [from, rows] = xla ? [0, slots] : [slot, count]
    return leaves.map((leaf, k) => ({
      name: `b${k}:0`,
      dtype: leaf.type.dtype,
      shape: [rows * replicas, ...leaf.type.shape],
      data: rowsOf(memory, leaf, from, rows)
    }))
  }
}

interface Drawn {
  readonly draw: Draw
  readonly size: number
  readonly data: Float32Array
}

/** Draws the numbers of several steps, each with the key that the step will have. */
const makeDraws = ({ layout, nextKey, step, xla }: WorkerPlan) => {
  const all = step.draws.map((draw): Drawn => {
    const size = sizeOf(draw.shape)
    return { draw, size, data: new Float32Array(size * layout.slots) }
  })
  return (key: Int32Array, count: number): ReadonlyArray<Feed> => {
    let current = key
    for (let i = 0; i < count && all.length > 0; i++) {
      for (const { data, draw, size } of all) fills[draw.op](data.subarray(i * size, (i + 1) * size), current, draw.replica, draw.draw)
      if (nextKey !== undefined) current = firstValues(nextKey, current)[0] as Int32Array // the key's type is int32[3]
    }
    const rows = xla ? layout.slots : count
    return all.map(({ data, draw, size }, k) => ({
      name: `d${k}:0`,
      dtype: "float32",
      shape: [rows, ...draw.shape],
      data: data.subarray(0, rows * size)
    }))
  }
}

/** The variables of each state leaf with their places in the shared memory, in the order of the layout. */
const placesOf = ({ layout, memory, step }: WorkerPlan) => {
  const numbered = step.variables.map((variable: Variable, k) => ({ ...variable, k }))
  return layout.state.map(({ bytes, leaf, offsets, parts }) =>
    numbered
      .filter((variable) => variable.leaf === leaf.name)
      .map(({ k, replica, type }) => ({
        k,
        type,
        data: view(type.dtype, memory, offsets[0] + (parts > 1 ? replica * bytes : 0), sizeOf(type.shape))
      }))
  )
}

/** Opens the session; `close` ends it. Throws `TensorflowError`. @category constructors @since 0.1.0 */
export const make = (addon: Addon, plan: WorkerPlan): Runner & { readonly close: () => void } => {
  const { layout, memory, step } = plan
  const session = openSession(addon, step.savedModel)
  const batches = makeBatches(plan)
  const draws = makeDraws(plan)
  const places = placesOf(plan)
  let key = new Int32Array(3)
  const outfeeds = step.outfeeds.map((index) => layout.outfeed[index]!)
  const names = [
    "steps:0",
    "failures:0",
    ...(step.hasLoss ? ["loss:0"] : []),
    ...(step.key === undefined ? [] : ["key:0"]),
    ...outfeeds.map((_, j) => `out${j}:0`)
  ]
  const firstOutfeed = names.length - outfeeds.length

  return {
    // where the key's way is not known, each step's draws wait for the step before
    most: step.draws.length > 0 && plan.nextKey === undefined ? 1 : layout.slots,
    steps: (slot, out, count, losses) => {
      losses.fill(NaN, 0, count)
      const feeds = [scalar("n:0", count), scalar("first:0", plan.xla ? slot : 0), ...batches(slot, count), ...draws(key, count)]
      session.run(feeds, names, (i, data) => {
        if (names[i] === "failures:0" && data[0] !== 0) throw new TensorflowError(step.failures[data[0]! - 1]!)
        if (names[i] === "loss:0") losses.set(data.subarray(0, count))
        if (names[i] === "key:0") key = Int32Array.from(data)
        if (i < firstOutfeed) return
        const leaf = outfeeds[i - firstOutfeed]!
        rowsOf(memory, leaf, out, count).set(data.subarray(0, sizeOf(leaf.shape) * count))
      })
    },
    fetch: () => {
      const all = places.flat()
      if (all.length === 0) return
      session.run(
        [],
        all.map(({ k }) => `s${k}:0`),
        (i, data) => all[i]!.data.set(data)
      )
    },
    store: (leaves) => {
      const all = leaves.flatMap((i) => places[i]!)
      if (all.length === 0) return
      const feeds = all.map(({ data, k, type }): Feed => ({ name: `w${k}:0`, dtype: type.dtype, shape: type.shape, data }))
      session.run(
        feeds,
        all.map(({ k }) => `done${k}:0`),
        () => undefined
      )
      const own = all.find(({ k }) => k === step.key)
      if (own !== undefined) key = Int32Array.from(own.data)
    },
    close: () => session.close()
  }
}
