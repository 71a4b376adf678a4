/**
 * Final names and kinds of a recording's variables: optimizers' slots get theirs from the optimizer that holds them.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { RecordedVariable, Recording } from "./Recording.ts"

export interface NamedVariable {
  readonly name: string
  readonly kind: "variable" | "slot"
  /** False for one that was made without a name and that no optimizer holds. */
  readonly named: boolean
  readonly entry: RecordedVariable
}

interface Slot {
  readonly originalName: string
  readonly variable: tf.Variable
}

const isSlot = (u: unknown): u is Slot =>
  typeof u === "object" &&
  u !== null &&
  "originalName" in u &&
  typeof u.originalName === "string" &&
  "variable" in u &&
  u.variable instanceof tf.Variable

/** `hidden/kernel/m` of Adam is `hidden/kernel/Adam/m`. */
const slotName = (originalName: string, optimizer: string): string => {
  const at = originalName.lastIndexOf("/")
  return `${originalName.slice(0, at)}/${optimizer}/${originalName.slice(at + 1)}`
}

/** `Adam`, `Adam_1`, … in the order in which the optimizers took their first step. */
const optimizerNames = (optimizers: Iterable<tf.Optimizer>): ReadonlyArray<readonly [tf.Optimizer, string]> => {
  const counts = new Map<string, number>()
  return [...optimizers].map((optimizer) => {
    const base = optimizer.getClassName()
    const count = counts.get(base) ?? 0
    counts.set(base, count + 1)
    return [optimizer, count === 0 ? base : `${base}_${count}`] as const
  })
}

const slotsOf = (recording: Recording): ReadonlyMap<tf.Variable, string> => {
  const names = new Map<tf.Variable, string>()
  for (const [optimizer, name] of optimizerNames(recording.optimizers)) {
    for (const [property, value] of Object.entries(optimizer)) {
      if (value instanceof tf.Variable) names.set(value, `${name}/${property}`)
      else if (Array.isArray(value)) for (const slot of value) if (isSlot(slot)) names.set(slot.variable, slotName(slot.originalName, name))
    }
  }
  return names
}

/** In order of creation: variables first, then slots. Names are unique. */
export const stateNames = (recording: Recording): ReadonlyArray<NamedVariable> => {
  const slots = slotsOf(recording)
  const used = new Set(recording.variables.flatMap((v) => (v.name === undefined ? [] : [v.name])))
  const unique = (base: string): string => {
    let name = base
    for (let i = 1; used.has(name); i++) name = `${base}_${i}`
    used.add(name)
    return name
  }
  const all = recording.variables.map((entry): NamedVariable => {
    const slot = slots.get(entry.variable)
    const name = entry.name ?? unique(slot ?? "Variable")
    return { name, kind: slot === undefined ? "variable" : "slot", named: entry.name !== undefined || slot !== undefined, entry }
  })
  return [...all.filter((v) => v.kind === "variable"), ...all.filter((v) => v.kind === "slot")]
}
