/** Runs traced programs by the reference evaluation. */
import { readFileSync } from "node:fs"
import { make } from "../../../src/domain/graph/Evaluate.ts"
import { type Program, randomKeyName, stateLeaves } from "../../../src/domain/Program.ts"
import { fromSeed, initCounter } from "../../../src/domain/RandomKey.ts"
import type { TensorData } from "../../../src/domain/Tensor.ts"
import type { TraceError } from "../../../src/domain/Errors.ts"

export type StateOf = Map<string, TensorData>

/** First values, the key included. */
export const initialState = (program: Program, seed = 7): StateOf => {
  const key = fromSeed(seed)
  const at = Int32Array.from(key)
  at[2] = initCounter
  const [outputs] = make(program.init).run([[at]])
  const state: StateOf = new Map(program.init.outputs.map((o, i) => [o.name, outputs![i]!]))
  state.set(randomKeyName, key)
  return state
}

export interface Step {
  readonly states: ReadonlyArray<StateOf>
  readonly loss: number
  readonly outfeed: (name: string, replica?: number) => TensorData
}

/** One step on as many replicas as there are states; `batches[replica]` is in the order of the batch leaves. */
export const step = (program: Program, states: ReadonlyArray<StateOf>, batches: ReadonlyArray<ReadonlyArray<TensorData>>): Step => {
  const leaves = stateLeaves(program.step)
  const results = make(program.step).run(states.map((state, r) => [...leaves.map((l) => state.get(l.name)!), ...batches[r]!]))
  const outputs = program.step.outputs
  const at = (tag: string, name?: string) => outputs.findIndex((o) => o.role._tag === tag && (name === undefined || o.name === name))
  return {
    states: results.map((values) => new Map(leaves.map((l) => [l.name, values[at("State", l.name)]!]))),
    loss: results.reduce((sum, values) => sum + (values[at("Loss")]?.[0] ?? Number.NaN), 0) / results.length,
    outfeed: (name, replica = 0) => results[replica]![at("Outfeed", name)]!
  }
}

/** The text of the line that an error's source names. */
export const lineOf = (error: TraceError): string => {
  const [file = "", line = "0"] = (error.source ?? "").split(/:(?=\d)/)
  return file === "" ? "" : (readFileSync(file, "utf8").split("\n")[Number(line) - 1] ?? "")
}
