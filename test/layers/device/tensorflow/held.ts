/** Devices whose workers a test holds, and addons whose calls it sees. */
import type { Addon } from "../../../../src/layers/device/tensorflow/Binding.ts"
import { make, type Options, type Seams } from "../../../../src/layers/device/tensorflow/Engine.ts"
import { spawnWorker } from "../../../../src/layers/device/tensorflow/Host.ts"
import { holding } from "../workers.ts"

type Plan = Parameters<typeof spawnWorker>[0]

/** A device whose workers the test holds. */
export const held = (seams: Seams = {}, change?: (plan: Plan) => Plan, options: Options = {}) => {
  const { plans, spawn, workers } = holding(spawnWorker, change)
  return { workers, plans, device: make(options, { ...seams, spawn }) }
}

export interface Calls {
  /** As the addon, which writes down what each call is given and asked for. */
  readonly watched: Addon
  readonly outputs: Array<string>
  /** Shapes of all tensors that were handed over since it was last emptied. */
  readonly shapes: Array<ReadonlyArray<number>>
}

export const watch = (addon: Addon): Calls => {
  const outputs: Array<string> = []
  const shapes: Array<ReadonlyArray<number>> = []
  const runSavedModel: Addon["runSavedModel"] = (session, tensors, inputs, names) => {
    outputs.push(names)
    return addon.runSavedModel(session, tensors, inputs, names)
  }
  const createTensor: Addon["createTensor"] = (shape, type, data) => {
    shapes.push(shape)
    return addon.createTensor(shape, type, data)
  }
  // the addon's functions cannot be spread
  const watched: Addon = Object.create(addon, { runSavedModel: { value: runSavedModel }, createTensor: { value: createTensor } })
  return { watched, outputs, shapes }
}
