/**
 * Runs steps of a program on a client's devices: the state stays there, batches are read from the shared memory, and losses and
 * outputs come back to it. Executions are begun one after the other without waiting; the state goes from one to the next.
 *
 * @since 0.1.0
 */
import type { TensorType } from "../../../../domain/Tensor.ts"
import type { SlotPlace } from "../../hosted/Plan.ts"
import { type Runner as HostedRunner, StepsFailed } from "../../hosted/serve.ts"
import type { Buffer, Client, Memory } from "../client/Client.ts"
import type { Executable } from "../client/Executable.ts"
import { PjrtError } from "../client/Plugin.ts"
import * as Flights from "./Flight.ts"
import type { Flight } from "./Flight.ts"
import type { Module, ProgramPlan } from "./ProgramPlan.ts"

/** What `make` needs. @category models @since 0.1.0 */
export interface Surroundings {
  readonly client: Client
  readonly plan: ProgramPlan
  /** Of `plan.layout`'s offset 0, in this process. */
  readonly address: bigint
  /** The same memory, to be read and written here. */
  readonly memory: ArrayBufferLike
  readonly compile: (module: Module) => Executable
  /** Runs `work` while no other program of the process begins an execution. */
  readonly alone: (work: () => void) => void
  readonly now: () => number
}

/** A step that takes longer leaves nothing to gain by several in one execution. */
const shortStep = 2
/** Steps that are measured before they count as short. */
const measured = 16

/** A module with its executable, and its constants on the devices; each core of a replica has a place in it. */
interface Compiled {
  readonly module: Module
  readonly executable: Executable
  readonly constants: Array<Buffer>
  readonly slots: Slots
}

/** A buffer, and the event that tells when its memory is needed no more: once it is released, where it is used in place. */
interface Upload {
  readonly buffer: Buffer
  readonly event: bigint
}

/** Buffers over slots of the infeed that devices read in place, by argument, replica and slot: made once, and used whenever the slot is. */
type Slots = Map<number, Upload>

/** Devices of each replica. */
const coresOf = ({ options }: ProgramPlan) => options.partitions ?? 1

const makeCompiled = ({ client, compile }: Surroundings, module: Module): Compiled => {
  const executable = compile(module)
  const compiled: Compiled = { module, executable, constants: [], slots: new Map() }
  try {
    module.arguments.forEach(({ source, type }, index) => {
      if (source._tag !== "Constant") return
      executable.devices.forEach((device, place) => {
        const buffer = client.from(source.data, type, device)
        compiled.constants.push(buffer)
        executable.bind(place, index, buffer)
      })
    })
  } catch (error) {
    closeCompiled(client, compiled)
    throw error
  }
  return compiled
}

const closeCompiled = (client: Client, { constants, executable, slots }: Compiled) => {
  for (const buffer of constants) client.release(buffer)
  for (const { buffer, event } of slots.values()) {
    client.release(buffer)
    client.await(event)
  }
  executable.close()
}

/** The state on the devices, leaf by leaf and place by place: every core of a replica has the replica's. */
const makeState = ({ address, client, plan }: Surroundings, devices: ReadonlyArray<number>) => {
  const { state } = plan.layout
  const cores = coresOf(plan)
  const buffers: Array<Array<Buffer | undefined>> = state.map(() => new Array<Buffer | undefined>(devices.length).fill(undefined))
  const memoryOf = (leaf: number, replica: number): Memory => {
    const { bytes, offsets, parts } = state[leaf]!
    return { address: address + BigInt(offsets[0] + (parts > 1 ? replica * bytes : 0)), bytes }
  }
  const put = (leaf: number, place: number, buffer: Buffer) => {
    const old = buffers[leaf]![place]
    if (old !== undefined) client.release(old)
    buffers[leaf]![place] = buffer
  }
  return {
    put,
    get: (leaf: number, place: number): Buffer => buffers[leaf]![place]!,
    store: (leaves: ReadonlyArray<number>) => {
      for (const leaf of leaves) {
        devices.forEach((device, place) => {
          const { buffer, event } = client.upload(memoryOf(leaf, Math.floor(place / cores)).address, state[leaf]!.leaf.type, device, false)
          put(leaf, place, buffer)
          client.await(event)
        })
      }
    },
    fetch: () => {
      const events: Array<bigint> = []
      state.forEach(({ bytes, parts }, leaf) => {
        for (let part = 0; part < parts && bytes > 0; part++) {
          // all cores of a replica have the same
          const buffer = buffers[leaf]![part * cores]!
          if (client.isHost) client.copyOut(buffer, memoryOf(leaf, part))
          else events.push(client.download(buffer, memoryOf(leaf, part)))
        }
      })
      client.awaitAll(events)
    },
    release: () => {
      for (const row of buffers) for (const buffer of row) if (buffer !== undefined) client.release(buffer)
    }
  }
}

type State = ReturnType<typeof makeState>

/** Begins the copy of a result of `count` steps to the slots `out …` of its leaf. */
const takeOutfeed = ({ address, client, memory }: Surroundings, flight: Flight, leaf: SlotPlace, buffer: Buffer, replica: number, out: number) => {
  const { base, bytes, stride } = leaf
  if (bytes === 0) return
  const at = base + out * stride + replica * bytes
  if (flight.count === 1 || stride === bytes) {
    Flights.copy(client, flight, buffer, { address: address + BigInt(at), bytes: bytes * flight.count })
    return
  }
  const rows = new Uint8Array(bytes * flight.count)
  Flights.copy(client, flight, buffer, { address: client.plugin.koffi.address(rows), bytes: rows.length })
  flight.after.push(() => {
    for (let i = 0; i < flight.count; i++) new Uint8Array(memory, at + i * stride, bytes).set(rows.subarray(i * bytes, (i + 1) * bytes))
  })
}

const elementsOf = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

/** Begins the copy of one number a step; `take` gets them once they are here. */
const takeNumbers = ({ client }: Surroundings, flight: Flight, buffer: Buffer, type: TensorType, take: (value: number, step: number) => void) => {
  const values = new elementsOf[type.dtype](flight.count)
  Flights.copy(client, flight, buffer, { address: client.plugin.koffi.address(values), bytes: values.byteLength })
  flight.after.push(() => values.forEach((value, i) => take(value, flight.first + i)))
}

/**
 * Where a CPU computes, a slot's memory is a batch's buffer, which is kept: nothing but executions reads it, and the slot is written
 * again only after those that read it are over. Elsewhere, and where the plugin has made a copy, each step has a buffer of its own.
 */
const uploadBatches = ({ address, client, plan }: Surroundings, { executable, module, slots }: Compiled, flight: Flight, slot: number) => {
  const cores = coresOf(plan)
  const { length } = module.arguments
  module.arguments.forEach(({ offsets, source, strides, type }, index) => {
    if (source._tag !== "Batch") return
    const { base, bytes, stride } = plan.layout.infeed[source.index]!
    executable.devices.forEach((device, place) => {
      const key = (slot * executable.devices.length + place) * length + index
      const known = slots.get(key)
      if (known !== undefined) return executable.bind(place, index, known.buffer)
      const replica = Math.floor(place / cores)
      const from = address + BigInt(base + slot * stride + replica * bytes + offsets[place % cores]!)
      const upload = client.upload(from, type, device, true, strides)
      executable.bind(place, index, upload.buffer)
      if (client.isHost && client.isInPlace(upload.buffer, from)) return void slots.set(key, upload)
      flight.held.push(upload.buffer)
      flight.uploads.push(upload.event)
    })
  })
}

const bindState = ({ executable, module }: Compiled, state: State) => {
  module.arguments.forEach(({ source }, index) => {
    if (source._tag !== "State") return
    for (let place = 0; place < executable.devices.length; place++) executable.bind(place, index, state.get(source.index, place))
  })
}

const makeLaunch = (around: Surroundings, state: State) => {
  const { client, plan } = around
  const cores = coresOf(plan)
  /** Begins an execution over the batches of `slot …`; its outputs will go to `out …`, its losses to `losses`. */
  return (compiled: Compiled, flight: Flight, slot: number, out: number, losses: Float32Array): void => {
    const { executable, module } = compiled
    uploadBatches(around, compiled, flight, slot)
    bindState(compiled, state)
    let launched: ReturnType<Executable["launch"]> | undefined
    let failure: { readonly error: unknown } | undefined
    around.alone(() => {
      launched = executable.launch()
      // devices of a CPU share its threads: of several executions begun, each may wait in a collective for threads that the next one holds
      if (!client.isHost || executable.devices.length === 1) return void flight.events.push(...launched.events)
      try {
        client.awaitAll(launched.events)
      } catch (error) {
        failure = { error }
      }
    })
    const { results } = launched!
    module.results.forEach(({ target, type }, i) => {
      results.forEach((row, place) => {
        const buffer = row[i]!
        if (target._tag === "State") return state.put(target.index, place, buffer)
        flight.held.push(buffer)
        // all cores of a replica give the same
        if (place % cores !== 0) return
        const replica = place / cores
        if (target._tag === "Outfeed") return takeOutfeed(around, flight, plan.layout.outfeed[target.index]!, buffer, replica, out)
        if (target._tag === "Loss")
          return replica > 0 ? undefined : takeNumbers(around, flight, buffer, type, (value, step) => (losses[step] = value))
        return takeNumbers(around, flight, buffer, type, (value) => {
          if (value !== 0) throw new PjrtError("OUT_OF_RANGE", plan.failures[value - 1]!)
        })
      })
    })
    if (failure === undefined) return
    // its results are there to be released, and not to be read
    flight.after.length = 0
    throw failure.error
  }
}

/** Compiles; `close` releases all that is on the devices. Throws `PjrtError`. @category constructors @since 0.1.0 */
export const make = (around: Surroundings): HostedRunner & { readonly close: () => void } => {
  const { client, now, plan } = around
  const single = makeCompiled(around, plan.single)
  let several: Compiled | undefined
  let isGivenUp = false
  const state = makeState(around, single.executable.devices)
  const launch = makeLaunch(around, state)
  let time = 0
  let steps = 0
  const stepTime = () => (steps < measured ? undefined : time / steps)
  return {
    most: plan.layout.slots,
    begin: (iterations) => {
      if (several !== undefined || isGivenUp || plan.several === undefined) return
      if (plan.eager) {
        if (iterations >= plan.several.iterations) several = makeCompiled(around, plan.several)
        return
      }
      if (iterations < 2 * plan.several.iterations || (stepTime() ?? Infinity) >= shortStep) return
      try {
        several = makeCompiled(around, plan.several)
      } catch {
        // nobody has asked for it, and single steps run
        isGivenUp = true
      }
    },
    steps: (slot, out, count, losses) => {
      const began = now()
      losses.fill(NaN, 0, count)
      const flights: Array<Flight> = []
      let launched = 0
      let refused: { readonly error: unknown } | undefined
      try {
        while (launched < count) {
          const compiled = several !== undefined && count - launched >= several.module.iterations ? several : single
          const flight = Flights.make(compiled.module.iterations, launched)
          flights.push(flight)
          launch(compiled, flight, slot + launched, out + launched, losses)
          launched += flight.count
        }
      } catch (error) {
        refused = { error }
      }
      const { failure = refused, steps: landed } = Flights.landAll(client, flights)
      if (failure !== undefined) throw new StepsFailed(Math.min(launched, landed), failure.error)
      time += now() - began
      steps += count
    },
    fetch: state.fetch,
    store: state.store,
    close: () => {
      state.release()
      for (const compiled of [single, several]) if (compiled !== undefined) closeCompiled(client, compiled)
    }
  }
}
