/**
 * The addon of `@tensorflow/tfjs-node` as this engine uses it: sessions of graphs, run with named tensors.
 *
 * @since 0.1.0
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { type DType, type Shape, sizeOf, type TensorData } from "../../../domain/Tensor.ts"
import { dataTypes } from "./GraphDef.ts"

/** Functions of the addon (`tfjs_binding.d.ts` of tfjs-node 4); tensors and sessions are numbers. @category models @since 0.1.0 */
export interface Addon {
  readonly TF_Version: string
  readonly createTensor: (shape: ReadonlyArray<number>, type: number, data: TensorData) => number
  readonly deleteTensor: (tensor: number) => void
  /** A copy. */
  readonly tensorDataSync: (tensor: number) => TensorData
  readonly loadSavedModel: (directory: string, tags: string) => number
  readonly deleteSavedModel: (session: number) => void
  /** Names are `operation:index` with commas between. Blocks until the results are there. */
  readonly runSavedModel: (
    session: number,
    tensors: ReadonlyArray<number>,
    inputs: string,
    outputs: string
  ) => ReadonlyArray<{ readonly id: number; readonly shape: Shape }>
  readonly getNumOfTensors: () => number
  readonly getNumOfSavedModels: () => number
}

/** TensorFlow refused a graph or a step failed; the message is TensorFlow's. @category errors @since 0.1.0 */
export class TensorflowError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = "TensorflowError"
  }
}

/** The addon's own words around TensorFlow's, and where in our graph it was: names that no user knows. */
const clean = (message: string): string =>
  message
    .replace(/^Session fail to run with error: /, "")
    .replace(/\s*\n\s*\[\[[\s\S]*$/, "")
    .trim()

const attempt = <A>(work: () => A): A => {
  try {
    return work()
  } catch (cause) {
    throw new TensorflowError(clean(cause instanceof Error ? cause.message : String(cause)), cause)
  }
}

/** A tensor to be handed over; its elements must not change until the call is over. @category models @since 0.1.0 */
export interface Feed {
  readonly name: string
  readonly dtype: DType
  readonly shape: Shape
  readonly data: TensorData
}

/** A graph in a session of its own. @category models @since 0.1.0 */
export interface Session {
  /** Runs until the outputs are there; `read` then gives a copy of each in turn. Throws `TensorflowError`. */
  readonly run: (feeds: ReadonlyArray<Feed>, outputs: ReadonlyArray<string>, take: (index: number, data: TensorData) => void) => void
  readonly close: () => void
}

/** The addon loads directories only: the graph is written to one, loaded, and gone again. */
const loadGraph = (addon: Addon, savedModel: Uint8Array): number => {
  const directory = mkdtempSync(path.join(tmpdir(), "effect-estimator-"))
  try {
    mkdirSync(path.join(directory, "variables"))
    writeFileSync(path.join(directory, "saved_model.pb"), savedModel)
    return attempt(() => addon.loadSavedModel(directory, "serve"))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Throws `TensorflowError` where TensorFlow refuses the graph. @category constructors @since 0.1.0 */
export const openSession = (addon: Addon, savedModel: Uint8Array): Session => {
  const session = loadGraph(addon, savedModel)
  return {
    run: (feeds, outputs, take) => {
      const tensors: Array<number> = []
      try {
        for (const { dtype, shape, data } of feeds) tensors.push(attempt(() => addon.createTensor(shape, dataTypes[dtype], data)))
        const names = feeds.map(({ name }) => name).join()
        const results = attempt(() => addon.runSavedModel(session, tensors, names, outputs.join()))
        for (const { id } of results) tensors.push(id)
        results.forEach(({ id, shape }, i) => {
          // the addon cannot give no elements
          if (sizeOf(shape) > 0) take(i, addon.tensorDataSync(id))
        })
      } finally {
        for (const tensor of tensors) addon.deleteTensor(tensor)
      }
    },
    close: () => addon.deleteSavedModel(session)
  }
}
