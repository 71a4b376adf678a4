/**
 * The executable over a running worker: rings for batches and outputs, commands, access to the state.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Semaphore from "effect/Semaphore"
import { ExecuteError } from "../../../domain/Errors.ts"
import type { Batch, RunResult, State, StepOutput } from "../../../domain/Program.ts"
import * as RandomKey from "../../../domain/RandomKey.ts"
import { allocate, copyElements, dtypeOfData, printType, sameType, sizeOf, type TensorData, view } from "../../../domain/Tensor.ts"
import type { Executable } from "../../../services/Device.ts"
import { Command, maxIterations, Wake, Word } from "./control.ts"
import type { Host } from "./Host.ts"
import type { HostedPlan, SlotPlace } from "./Plan.ts"

type Views = ReadonlyArray<ReadonlyArray<TensorData>>

/** A view of each leaf in each slot. */
const slotViews = (plan: HostedPlan, leaves: ReadonlyArray<SlotPlace>): Views =>
  Array.from({ length: plan.layout.slots }, (_, s) =>
    leaves.map((leaf) => view(leaf.type.dtype, plan.memory, leaf.base + s * leaf.stride, sizeOf(leaf.shape)))
  )

/** A copy in memory of its own. */
const owned = (from: TensorData): TensorData => {
  const to = allocate(dtypeOfData(from)!, from.length)
  to.set(from)
  return to
}

/** What is wrong with the batch, if anything. */
const checkBatch = (engine: string, leaves: ReadonlyArray<SlotPlace>, batch: Batch): ExecuteError | undefined => {
  const badBatch = (detail: string) => new ExecuteError({ engine, reason: "BadBatch", detail })
  if (batch.length !== leaves.length) return badBatch(`expected ${leaves.length} leaves, got ${batch.length}`)
  for (let i = 0; i < leaves.length; i++) {
    const { name, type, shape } = leaves[i]!
    const expected = { dtype: type.dtype, shape }
    if (dtypeOfData(batch[i]) !== type.dtype) return badBatch(`leaf "${name}": expected ${printType(expected)}, got another array class`)
    const length = sizeOf(shape)
    if (batch[i]!.length !== length)
      return badBatch(`leaf "${name}": expected ${length} elements for ${printType(expected)}, got ${batch[i]!.length}`)
  }
  return undefined
}

const makeFeed = (host: Host, plan: HostedPlan) => {
  const { control } = host
  const { slots, infeed } = plan.layout
  const views = slotViews(plan, infeed)
  let next = 0
  const offer = (batch: Batch): Exit.Exit<void, ExecuteError> | undefined => {
    if (host.failure !== undefined) return Exit.fail(host.failure)
    if (((Atomics.load(control, Word.fed) - Atomics.load(control, Word.consumed)) | 0) >= slots) return undefined
    const into = views[next]!
    for (let i = 0; i < into.length; i++) copyElements(into[i]!, batch[i]!)
    next = (next + 1) % slots
    Atomics.add(control, Word.fed, 1)
    host.ring()
    return Exit.void
  }
  return (batch: Batch): Effect.Effect<void, ExecuteError> =>
    Effect.suspend(() => {
      const wrong = checkBatch(host.identity.engine, infeed, batch)
      if (wrong !== undefined) return Effect.fail(wrong)
      return offer(batch) ?? host.wait(Wake.consumed, () => offer(batch))
    })
}

const makeOutfeed = (host: Host, plan: HostedPlan) => {
  const { control } = host
  const { slots } = plan.layout
  const views = slotViews(plan, plan.layout.outfeed)
  const losses = new Float32Array(plan.slotLosses)
  let next = 0
  const waiting = () => (Atomics.load(control, Word.produced) - Atomics.load(control, Word.taken)) | 0
  const drop = Effect.sync(() => {
    const count = waiting()
    next = (next + count) % slots
    Atomics.add(control, Word.taken, count)
  })
  const takeAll = (): Exit.Exit<ReadonlyArray<StepOutput>, ExecuteError> | undefined => {
    if (host.failure?.reason === "Closed") return Exit.fail(host.failure)
    const count = waiting()
    // steps that were done before a failure are still handed out
    if (count === 0) return host.failure === undefined ? undefined : Exit.fail(host.failure)
    const outputs: Array<StepOutput> = []
    for (let i = 0; i < count; i++) {
      outputs.push({ loss: losses[next]!, outfeed: views[next]!.map(owned) })
      next = (next + 1) % slots
    }
    Atomics.add(control, Word.taken, count)
    host.ring()
    return Exit.succeed(outputs)
  }
  return { take: Effect.suspend(() => takeAll() ?? host.wait(Wake.produced, takeAll)), drop }
}

/** Hands a command to the idle worker and waits for its end; an interrupt waits for the step under way. */
const command = (host: Host, code: number, argument0: number, argument1: number): Effect.Effect<void, ExecuteError> => {
  const { control } = host
  const idle = () => {
    if (host.failure !== undefined) return Exit.fail(host.failure)
    return Atomics.load(control, Word.command) === Command.none && Atomics.load(control, Word.failed) === 0 ? Exit.void : undefined
  }
  const halt = Effect.suspend(() => {
    Atomics.store(control, Word.stop, 1)
    host.ring()
    return Effect.ignore(host.wait(Wake.idle, idle))
  })
  return Effect.suspend(() => {
    if (host.failure !== undefined) return Effect.fail(host.failure)
    Atomics.store(control, Word.argument0, argument0)
    Atomics.store(control, Word.argument1, argument1)
    Atomics.store(control, Word.done, 0)
    Atomics.store(control, Word.command, code)
    host.ring()
    return host.wait(Wake.idle, idle, halt)
  })
}

const makeRun = (host: Host, plan: HostedPlan) => {
  const { control } = host
  const ringLosses = new Float32Array(plan.losses)
  return Effect.fnUntraced(function* (iterations: number) {
    Atomics.store(control, Word.stop, 0)
    const losses: Array<Float32Array> = []
    let completed = 0
    while (completed < iterations) {
      const chunk = Math.min(iterations - completed, maxIterations)
      yield* command(host, Command.run, chunk, 0)
      const done = Atomics.load(control, Word.done)
      losses.push(Float32Array.from(ringLosses.subarray(0, done)))
      completed += done
      if (done < chunk) break
    }
    const all = new Float32Array(completed)
    losses.forEach((part, i) => all.set(part, i * maxIterations))
    const result: RunResult = { completed, losses: all }
    return result
  })
}

/** Bytes of state copied before other work of the thread gets its turn: about a millisecond, with the page faults of new memory. */
const bytesPerTurn = 2 << 20
const elementsPerPiece = bytesPerTurn / 4

/** In pieces, so that copying a large state does not hold the event loop; the semaphore keeps it from changing meanwhile. */
const copyInPieces = Effect.fnUntraced(function* (leaves: ReadonlyArray<readonly [from: TensorData, to: TensorData]>) {
  let room = bytesPerTurn
  for (const [from, to] of leaves) {
    for (let at = 0; at < from.length; at += elementsPerPiece) {
      const piece = from.subarray(at, at + elementsPerPiece)
      to.set(piece, at)
      room -= piece.byteLength
      if (room > 0) continue
      room = bytesPerTurn
      yield* Effect.yieldNow
    }
  }
})

const makeState = (host: Host, plan: HostedPlan) => {
  const bad = (detail: string) => new ExecuteError({ engine: host.identity.engine, reason: "BadState", detail })
  const dirty = plan.dirty === undefined ? undefined : new Uint8Array(plan.dirty)
  // an engine with memory of its own is asked for its state, and told of what was written
  const fetch = dirty === undefined ? Effect.void : command(host, Command.fetch, 0, 0)
  const store = dirty === undefined ? Effect.void : command(host, Command.store, 0, 0)
  /** Leaves that have no value yet. */
  const missing = new Set(plan.layout.state.map(({ leaf }) => leaf.name))
  const complete = Effect.suspend(() => {
    if (host.failure !== undefined) return Effect.fail(host.failure)
    const [name] = missing
    return name === undefined ? Effect.void : Effect.fail(bad(`no value for "${name}": initialise the state or write all of it`))
  })
  const views = plan.layout.state.map(({ type, offsets }) => offsets.map((offset) => view(type.dtype, plan.memory, offset, sizeOf(type.shape))))
  const current = (i: number) => views[i]![Atomics.load(host.control, Word.parity)]!
  /** A leaf that should be equal on all replicas, and of which each has its own all the same, is written to each. */
  const writeLeaf = (i: number, data: TensorData) => {
    copyElements(current(i), data)
    if (dirty !== undefined) dirty[i] = 1
    const { leaf, parts, bytes, offsets } = plan.layout.state[i]!
    if (leaf.kind === "cache") return
    const first = offsets[Atomics.load(host.control, Word.parity)]!
    for (let part = 1; part < parts; part++) copyElements(view(leaf.type.dtype, plan.memory, first + part * bytes, data.length), data)
  }
  // the memory of an engine that has ended meanwhile holds the state no more
  const stillThere = Effect.suspend(() => (host.failure === undefined ? Effect.void : Effect.fail(host.failure)))
  const copy = (into: State) =>
    Effect.andThen(copyInPieces(plan.layout.state.map(({ leaf }, i) => [current(i), into.get(leaf.name)!.data])), stillThere)
  const blank = (): State =>
    new Map(plan.layout.state.map(({ leaf, type }) => [leaf.name, { ...type, data: allocate(type.dtype, sizeOf(type.shape)) }]))
  const read = Effect.suspend(() => {
    const state = blank()
    return Effect.as(copy(state), state)
  })
  const write = (state: State): Effect.Effect<void, ExecuteError> =>
    Effect.suspend(() => {
      if (host.failure !== undefined) return Effect.fail(host.failure)
      const writes: Array<() => void> = []
      for (const [name, tensor] of state) {
        const i = plan.layout.state.findIndex((p) => p.leaf.name === name)
        if (i < 0) return Effect.fail(bad(`there is no state leaf "${name}"`))
        const { type } = plan.layout.state[i]!
        if (!sameType(type, tensor) || dtypeOfData(tensor.data) !== type.dtype || tensor.data.length !== sizeOf(type.shape)) {
          return Effect.fail(bad(`leaf "${name}": expected ${printType(type)}, got ${printType(tensor)} with ${tensor.data.length} elements`))
        }
        writes.push(() => writeLeaf(i, tensor.data))
      }
      for (const go of writes) go()
      for (const name of state.keys()) missing.delete(name)
      return store
    })
  return {
    read: complete.pipe(Effect.andThen(fetch), Effect.andThen(read)),
    copy: (into: State) => complete.pipe(Effect.andThen(fetch), Effect.andThen(copy(into))),
    write,
    complete,
    allKnown: Effect.sync(() => missing.clear())
  }
}

/** @category constructors @since 0.1.0 */
export const make = (host: Host, plan: HostedPlan): Effect.Effect<Executable> =>
  Effect.map(Semaphore.make(1), (semaphore) => {
    // one at a time: each of them needs the device idle or makes it busy
    const exclusive = semaphore.withPermit
    const run = makeRun(host, plan)
    const state = makeState(host, plan)
    const outfeed = makeOutfeed(host, plan)
    /** Outputs that nobody took are dropped here, batches that no step used by the worker. */
    const afresh = Effect.andThen(
      Effect.sync(() => Atomics.store(host.control, Word.ended, 0)),
      outfeed.drop
    )
    return {
      initialise: (seed) => {
        const key = RandomKey.fromSeed(seed)
        return exclusive(afresh.pipe(Effect.andThen(command(host, Command.initialise, key[0]!, key[1]!)), Effect.andThen(state.allKnown)))
      },
      reopen: exclusive(Effect.andThen(afresh, command(host, Command.reopen, 0, 0))),
      feed: makeFeed(host, plan),
      run: (iterations) => exclusive(Effect.andThen(state.complete, run(iterations))),
      endInput: Effect.sync(() => {
        Atomics.store(host.control, Word.ended, 1)
        host.ring()
      }),
      stop: Effect.sync(() => {
        Atomics.store(host.control, Word.stop, 1)
        host.ring()
      }),
      outfeed: outfeed.take,
      readState: exclusive(state.read),
      copyState: (into) => exclusive(state.copy(into)),
      writeState: (values) => exclusive(state.write(values))
    }
  })
