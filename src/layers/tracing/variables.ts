/**
 * Variables by name, for model functions; the same code serves recordings and eager runs.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { Initializer, RandomSource, VariableOptions, VariableScope } from "../../domain/Model.ts"
import { initCounter } from "../../domain/RandomKey.ts"
import { type DType, printType, sameType, type Shape, sizeOf } from "../../domain/Tensor.ts"
import { failure } from "./failures.ts"
import { firstDrawOf, makeEagerRandom, recordedRandom } from "./random.ts"
import { callerSource } from "./source.ts"

/** Uniform within `±sqrt(6 / (fanIn + fanOut))` (Glorot and Bengio, 2010) for two axes or more, zeros otherwise. */
const defaultInitializer: Initializer = (shape, dtype, random) => {
  if (shape.length < 2 || dtype !== "float32") return tf.zeros([...shape], dtype)
  const field = sizeOf(shape.slice(0, -2))
  const limit = Math.sqrt(6 / (field * (shape[shape.length - 2]! + shape[shape.length - 1]!)))
  return random.uniform(shape, -limit, limit)
}

interface Registry {
  readonly random: (name: string) => RandomSource
  readonly known: Map<string, tf.Variable>
  readonly trainable: () => ReadonlyArray<tf.Variable>
}

const checkSame = (name: string, variable: tf.Variable, shape: Shape, dtype: DType) => {
  const have = { dtype: variable.dtype as DType, shape: variable.shape } // made by `make`, below
  if (sameType(have, { dtype, shape })) return
  const detail = `"${name}" is ${printType(have)} already and was asked for as ${printType({ dtype, shape })}. Give the second one another name, or the same shape and dtype`
  throw failure("VariableMismatch", detail, { op: "Variable", source: callerSource() })
}

const make = (
  registry: Registry,
  name: string,
  shape: Shape,
  { initializer = defaultInitializer, trainable = true }: VariableOptions,
  dtype: DType
): tf.Variable => {
  const initial = initializer(shape, dtype, registry.random(name))
  const type = { dtype: initial.dtype as DType, shape: initial.shape } // compared, so a wrong one is reported
  if (!sameType(type, { dtype, shape })) {
    const detail = `the initializer of "${name}" gave ${printType(type)}, not ${printType({ dtype, shape })}`
    throw failure("VariableMismatch", detail, { op: "Variable", source: callerSource() })
  }
  const variable = tf.variable(initial, trainable, name, dtype)
  registry.known.set(name, variable)
  return variable
}

const scopeOf = (registry: Registry, prefix: string): VariableScope => ({
  get: (name, shape, options = {}) => {
    const full = prefix + name
    const dtype = options.dtype ?? "float32"
    const before = registry.known.get(full)
    if (before === undefined) return make(registry, full, shape, options, dtype)
    checkSame(full, before, shape, dtype)
    return before
  },
  scope: (name) => scopeOf(registry, `${prefix}${name}/`),
  trainable: () => registry.trainable().filter((v) => v.name.startsWith(prefix))
})

/** All trainable variables of the engine, in order of creation: the recording's own while one is under way. */
const registeredTrainable = (): ReadonlyArray<tf.Variable> => Object.values(tf.engine().state.registeredVariables).filter((v) => v.trainable)

/** Scope of a recording: initial values draw from the run's key under the variable's name. */
export const recordedVariables = (): VariableScope => {
  const taken = new Set<number>()
  return scopeOf(
    {
      known: new Map(),
      trainable: registeredTrainable,
      random: (name) => {
        let draw = firstDrawOf(name, taken)
        return recordedRandom(() => draw++)
      }
    },
    ""
  )
}

/**
 * Scope for eager runs, with the initial values that a device would compute from this seed. Keep it between calls: the
 * variables live in it.
 *
 * @category eager
 * @since 0.1.0
 */
export const makeEagerVariables = (seed: number): VariableScope => {
  const known = new Map<string, tf.Variable>()
  const taken = new Set<number>()
  return scopeOf(
    {
      known,
      trainable: () => [...known.values()].filter((v) => v.trainable),
      random: (name) => makeEagerRandom(seed, { step: initCounter, firstDraw: firstDrawOf(name, taken) })
    },
    ""
  )
}
