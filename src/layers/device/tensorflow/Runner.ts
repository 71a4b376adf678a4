/**
 * Runs steps of a plan in a session, and moves its state between the session and the shared memory.
 *
 * @since 0.1.0
 */
import { fills } from "../../../domain/RandomKey.ts"
import { sizeOf, view } from "../../../domain/Tensor.ts"
import { firstValues } from "../hosted/firstValues.ts"
import type { SlotPlace } from "../hosted/Plan.ts"
import type { Runner } from "../hosted/serve.ts"
import { type Addon, type Feed, openSession, type Session, TensorflowError } from "./Binding.ts"
import type { Variable } from "./graphNodes.ts"
import type { Draw } from "./stepGraph.ts"
import type { WorkerPlan } from "./WorkerPlan.ts"

const scalar = (name: string, value: number): Feed => ({ name, dtype: "int32", shape: [], data: Int32Array.of(value) })

/** Rows of a leaf's slots `slot …`, as one tensor. */
const rowsOf = (memory: SharedArrayBuffer, { base, stride, type, shape }: SlotPlace, slot: number, count: number) =>
  view(type.dtype, memory, base + slot * stride, sizeOf(shape) * count)

/** Batches of the slots `slot …`, one row each. */
const makeBatches = ({ layout, memory, step }: WorkerPlan) => {
  const leaves = step.batches.map((index) => layout.infeed[index]!)
  return (slot: number, rows: number): ReadonlyArray<Feed> =>
    leaves.map((leaf, k) => ({
      name: `b${k}:0`,
      dtype: leaf.type.dtype,
      shape: [rows * layout.replicas, ...leaf.type.shape],
      data: rowsOf(memory, leaf, slot, rows)
    }))
}

interface Drawn {
  readonly draw: Draw
  readonly size: number
  readonly data: Float32Array
}

/** Draws the numbers of `count` steps, each with the key that the step will have; further rows are whatever they are. */
const makeDraws = ({ layout, nextKey, step }: WorkerPlan) => {
  const all = step.draws.map((draw): Drawn => {
    const size = sizeOf(draw.shape)
    return { draw, size, data: new Float32Array(size * layout.slots) }
  })
  return (key: Int32Array, count: number, rows: number): ReadonlyArray<Feed> => {
    let current = key
    for (let i = 0; i < count && all.length > 0; i++) {
      if (i > 0) current = firstValues(nextKey!, current)[0] as Int32Array // without it a call is of one step; the key's type is int32[3]
      for (const { data, draw, size } of all) fills[draw.op](data.subarray(i * size, (i + 1) * size), current, draw.replica, draw.draw)
    }
    return all.map(({ data, draw, size }, k) => ({
      name: `d${k}:0`,
      dtype: "float32",
      shape: [rows, ...draw.shape],
      data: data.subarray(0, rows * size)
    }))
  }
}

/**
 * Rows of a call. The executor is given those that are used. XLA compiles for a number of rows, so it gets as many as the longest
 * run so far could use in one call: runs are of one length but for some that are cut short, and for those it is not to compile anew.
 */
const makeRows = ({ layout, xla }: WorkerPlan) => {
  let longest = 1
  return {
    begin: (iterations: number) => (longest = Math.min(layout.slots, Math.max(longest, iterations))),
    of: (count: number) => (xla ? longest : count)
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

/** Runs steps; the key is that of the first of them, and afterwards that of the step after. */
const makeSteps = (plan: WorkerPlan, session: Session, key: Int32Array): Pick<Runner, "begin" | "steps"> => {
  const { layout, memory, step } = plan
  const batches = makeBatches(plan)
  const draws = makeDraws(plan)
  const rows = makeRows(plan)
  const rowMarks = new Int32Array(layout.slots)
  const outfeeds = step.outfeeds.map((index) => layout.outfeed[index]!)
  const names = [
    "steps:0",
    "failures:0",
    ...(step.hasLoss ? ["loss:0"] : []),
    ...(step.key === undefined || step.draws.length === 0 ? [] : ["key:0"]),
    ...outfeeds.map((_, j) => `out${j}:0`)
  ]
  const firstOutfeed = names.length - outfeeds.length
  return {
    begin: rows.begin,
    steps: (slot, out, count, losses) => {
      losses.fill(NaN, 0, count)
      const many = rows.of(count)
      // the rows that are not used may lie before those that are
      const from = Math.min(slot, layout.slots - many)
      const feeds: ReadonlyArray<Feed> = [
        scalar("n:0", count),
        scalar("first:0", slot - from),
        { name: "rows:0", dtype: "int32", shape: [many], data: rowMarks.subarray(0, many) },
        ...batches(from, many),
        ...draws(key, count, many)
      ]
      session.run(feeds, names, (i, data) => {
        if (names[i] === "failures:0" && data[0] !== 0) throw new TensorflowError(step.failures[data[0]! - 1]!)
        if (names[i] === "loss:0") losses.set(data.subarray(0, count))
        if (names[i] === "key:0") key.set(data)
        if (i < firstOutfeed) return
        const leaf = outfeeds[i - firstOutfeed]!
        rowsOf(memory, leaf, out, count).set(data.subarray(0, sizeOf(leaf.shape) * count))
      })
    }
  }
}

/** Opens the session; `close` ends it. Throws `TensorflowError`. @category constructors @since 0.1.0 */
export const make = (addon: Addon, plan: WorkerPlan): Runner & { readonly close: () => void } => {
  const { layout, step } = plan
  const session = openSession(addon, step.savedModel)
  const places = placesOf(plan)
  const key = new Int32Array(3)

  return {
    // where the key's way is not known, each step's draws wait for the step before
    most: step.draws.length > 0 && plan.nextKey === undefined ? 1 : layout.slots,
    ...makeSteps(plan, session, key),
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
      if (own !== undefined) key.set(own.data)
    },
    close: () => session.close()
  }
}
