/**
 * Runs single steps of a plan: native tensors over the shared memory, the session, the random draws.
 *
 * @since 0.1.0
 */
import { fills } from "../../../domain/RandomKey.ts"
import { sizeOf } from "../../../domain/Tensor.ts"
import { Word } from "../hosted/control.ts"
import type { Runner } from "../hosted/serve.ts"
import type { Bound, Ort } from "./Ort.ts"
import type { WorkerPlan } from "./WorkerPlan.ts"

/** ONNX Runtime refuses memory at no address, which an empty view may have. */
const bytesAt = (memory: SharedArrayBuffer, offset: number, bytes: number) => new Uint8Array(memory, offset, bytes)

/** @category models @since 0.1.0 */
export interface Stepper {
  /** Runs one step that reads infeed slot `slot` and writes outfeed slot `out`; gives the loss. Throws `OrtError`. */
  readonly step: (slot: number, out: number, parity: number) => number
  readonly close: () => void
  /** Held here, for the native tensors over it do not hold it. */
  readonly memory: SharedArrayBuffer
}

type Entries = ReadonlyArray<{ readonly index: number; readonly tensors: BigUint64Array }>

/** Places of a run's arguments that change with the slot. */
const assign = (into: BigUint64Array, entries: Entries, slot: number) => {
  for (let i = 0; i < entries.length; i++) into[entries[i]!.index] = entries[i]!.tensors[slot]!
}

/** @category constructors @since 0.1.0 */
export const make = (ort: Ort, plan: WorkerPlan): Stepper => {
  const { layout, memory } = plan
  const tensors: Array<bigint> = []
  const session = ort.session(plan.model, plan.session)
  const tensor = (port: WorkerPlan["inputs"][number] | WorkerPlan["outputs"][number], data: Uint8Array) => {
    const handle = ort.tensor(port.type, port.shape, data)
    tensors.push(handle)
    return handle
  }
  const perSlot = (port: WorkerPlan["inputs"][number] | WorkerPlan["outputs"][number], at: { readonly base: number; readonly stride: number }) =>
    BigUint64Array.from({ length: layout.slots }, (_, s) => tensor(port, bytesAt(memory, at.base + s * at.stride, port.bytes)))

  const bounds: ReadonlyArray<Bound> = [0, 1].map(() => ({
    inputs: new BigUint64Array(plan.inputs.length),
    outputs: new BigUint64Array(plan.outputs.length)
  }))
  const infeed: Array<Entries[number]> = []
  const outfeed: Array<Entries[number]> = []
  const draws: Array<(parity: number) => void> = []
  plan.inputs.forEach((port, index) => {
    const { source } = port
    if (source._tag === "Slot") return infeed.push({ index, tensors: perSlot(port, source) })
    if (source._tag === "Draw") {
      const data = new Float32Array(sizeOf(port.shape))
      const handle = tensor(port, new Uint8Array(data.buffer))
      for (const bound of bounds) bound.inputs[index] = handle
      const keys = source.key.map((offset) => new Int32Array(memory, offset, 3))
      return draws.push((parity) => fills[source.op](data, keys[parity]!, source.replica, source.draw))
    }
    return bounds.forEach((bound, parity) => (bound.inputs[index] = tensor(port, bytesAt(memory, source.offsets[parity]!, port.bytes))))
  })
  plan.outputs.forEach((port, index) => {
    const { target } = port
    if (target._tag === "Slot") return outfeed.push({ index, tensors: perSlot(port, target) })
    return bounds.forEach((bound, parity) => {
      const offset = target._tag === "Loss" ? target.offset : target.offsets[1 - parity]!
      bound.outputs[index] = tensor(port, bytesAt(memory, offset, port.bytes))
    })
  })
  const run = ort.runner(
    session,
    plan.inputs.map((p) => p.name),
    plan.outputs.map((p) => p.name)
  )
  const loss = layout.loss === undefined ? Float32Array.of(NaN) : new Float32Array(memory, layout.loss, 1)

  return {
    step: (slot, out, parity) => {
      const bound = bounds[parity]!
      assign(bound.inputs, infeed, slot)
      assign(bound.outputs, outfeed, out)
      for (let i = 0; i < draws.length; i++) draws[i]!(parity)
      if (bound.outputs.length > 0) run(bound)
      return loss[0]!
    },
    close: () => {
      for (const handle of tensors) ort.releaseTensor(handle)
      ort.releaseSession(session)
    },
    memory
  }
}

/** One step a call; the state's places take turns. @category constructors @since 0.1.0 */
export const runner = (stepper: Stepper, plan: WorkerPlan): Runner => {
  const control = new Int32Array(plan.control)
  return {
    most: 1,
    steps: (slot, out, _count, losses) => {
      const parity = Atomics.load(control, Word.parity)
      losses[0] = stepper.step(slot, out, parity)
      Atomics.store(control, Word.parity, 1 - parity)
    }
  }
}
