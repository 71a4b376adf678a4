/**
 * Puts TensorFlow.js into recording for the length of one synchronous call and leaves no trace of it.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type * as tfl from "@tensorflow/tfjs-layers"
import { failure, foreignVariable } from "./failures.ts"
import { backendName } from "./GraphBackend.ts"
import * as LayerLog from "./layers/LayerLog.ts"
import { layerPatches } from "./layers/patches.ts"
import { type Patch, restore, withPatches } from "./patch.ts"
import { recordedRandom } from "./random.ts"
import { activate, type OuterState, type Recording } from "./Recording.ts"
import { RecordingBackend } from "./RecordingBackend.ts"
import { register } from "./register.ts"
import { caller, callerSource } from "./source.ts"

type Engine = ReturnType<typeof tf.engine>

/** Own properties of the engine that are private to its class but plain data at run time. */
const engineKeys = ["state", "backendName", "backendInstance", "pendingBackendInit", "makeVariable"] as const

/** tfjs's own methods, also while one recording runs within another: a recording's state must not reach its caller's. */
const originals = {
  makeVariable: (Object.getPrototypeOf(tf.engine()) as Engine).makeVariable, // the class is not exported
  assign: tf.Variable.prototype.assign,
  minimize: tf.Optimizer.prototype.minimize,
  computeGradients: tf.Optimizer.prototype.computeGradients
}

/** Names that the step's own leaves have, and what else a checkpoint holds. */
const reserved = /^(global_step|random_key|valid)$|^(features|labels|cache)(\/|$)|^_texts\/|^\0/

const makeVariable =
  (recording: Recording, engine: Engine): Engine["makeVariable"] =>
  (value, trainable = true, name, dtype) => {
    const { source, throughLayers } = caller()
    const initialValue = dtype !== undefined && dtype !== null && dtype !== value.dtype ? tf.cast(value, dtype) : value
    const given = name === undefined || name === null || name === "" ? undefined : throughLayers ? recording.layerNames.of(name) : name
    if (given !== undefined && reserved.test(given)) {
      throw failure(
        "VariableMismatch",
        `the name "${given}" belongs to the step itself; choose another (not global_step, random_key, valid, features/…, labels/…, cache/…, _texts/…)`,
        { op: "Variable", source }
      )
    }
    if (given !== undefined && given in engine.state.registeredVariables) {
      throw failure("VariableMismatch", `there is a variable "${given}" already; variables.get("${given}", shape) gives the same one each time`, {
        op: "Variable",
        source
      })
    }
    const initial = recording.recordedOf(initialValue, "Variable", source)
    const type = { dtype: initial.type.dtype, shape: [...initialValue.shape] }
    const role = { _tag: "State", kind: "variable", trainable } as const
    const parameter = recording.builder.parameter(`#${recording.variables.length}`, role, type)
    recording.madeBy(parameter, given ?? "Variable", source)
    const variable = originals.makeVariable.call(
      engine,
      recording.tensor(parameter, given ?? "Variable", source),
      trainable,
      given ?? `#${recording.variables.length}`
    )
    recording.addVariable({ variable, name: given, trainable, type, parameter, initial, source })
    return variable
  }

/**
 * Disposal does nothing (tensors made in `tidy` or `minimize` stay usable; their data are nodes of a graph), assignment
 * is for variables of this recording, and optimizers make themselves known so that their slots get names.
 */
const patches = (recording: Recording): ReadonlyArray<Patch> => {
  function minimize(this: tf.Optimizer, ...args: ReadonlyArray<unknown>): unknown {
    recording.optimizers.add(this)
    const cost: unknown = Reflect.apply(originals.minimize, this, args)
    LayerLog.applyConstraints()
    return cost
  }
  function computeGradients(this: tf.Optimizer, f: unknown, variables: ReadonlyArray<tf.Variable> | null | undefined): unknown {
    recording.optimizers.add(this)
    const fixed = LayerLog.frozen(recording.layers).size > 0
    return Reflect.apply(originals.computeGradients, this, [f, variables ?? (fixed ? LayerLog.trainable() : undefined)])
  }
  const { layers } = recording
  const random = recordedRandom(() => recording.draws++)
  const host = {
    initialise: (variable: tf.Variable, value: tf.Tensor) => recording.initialise(variable, value),
    carry: (layer: tfl.RNN, i: number, zero: tf.Tensor) => recording.carry(`${layer.name}/state`, zero, () => layer.states[i] ?? zero)
  }
  return [
    ...layerPatches(layers, random, host),
    { target: tf.Tensor.prototype, key: "dispose", value: () => undefined },
    { target: tf.Variable.prototype, key: "dispose", value: () => undefined },
    {
      target: tf.Variable.prototype,
      key: "assign",
      value: function (this: tf.Variable, value: tf.Tensor) {
        if (recording.variableOf(this) === undefined) throw foreignVariable(this.name, "assign", callerSource())
        const source = callerSource()
        const node = recording.nodeOf(value, "assign", source)
        originals.assign.call(this, recording.tensor(node, "assign", source))
      }
    },
    { target: tf.Optimizer.prototype, key: "minimize", value: minimize },
    { target: tf.Optimizer.prototype, key: "computeGradients", value: computeGradients }
  ]
}

/** A small generator for `Math.random` (mulberry32): the same numbers for the same seed. */
const seeded = (seed: number): (() => number) => {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** What values of tensors made outside are read from: the engine's state now, which may itself belong to a recording. */
export const outerStates = (): ReadonlyArray<OuterState> => {
  const state: unknown = tf.engine().state
  return [state as OuterState] // `tensorInfo` is of this form in tfjs-core 4
}

const cacheFlag = "TOPOLOGICAL_SORT_CACHE_MAX_ENTRIES"

/**
 * tfjs-layers keeps the order of execution of the last hundred models, and by it all that they refer to: a recording with
 * its first values, in memory for nothing. Setting the cache's size to 0 empties it.
 */
const forgetModels = () => {
  const size = tf.env().getNumber(cacheFlag)
  tf.env().set(cacheFlag, 0)
  tf.env().set(cacheFlag, size)
}

/**
 * Runs `f` with the engine in a fresh state, on the recording backend, with `Math.random` seeded by `hostSeed`. Whatever
 * `f` does, engine, classes and generator are afterwards what they were. `f` is synchronous, so no other fiber can come
 * in between.
 */
export const withRecording = <A>(recording: Recording, hostSeed: number, f: () => A): A => {
  register()
  const engine = tf.engine()
  const saved = engineKeys.map((key) => [key, Object.getOwnPropertyDescriptor(engine, key)] as const)
  const before = activate(recording)
  const layersBefore = LayerLog.activate(recording.layers)
  const all: ReadonlyArray<Patch> = [...patches(recording), { target: Math, key: "random", value: seeded(hostSeed) }]
  const debug = tf.env().getBool("DEBUG")
  const State = engine.state.constructor as new () => Engine["state"] // not exported by tfjs
  try {
    if (debug) tf.env().set("DEBUG", false) // the profiler would read every result
    Reflect.set(engine, "state", new State())
    Reflect.set(engine, "backendName", backendName)
    Reflect.set(engine, "backendInstance", new RecordingBackend(recording))
    Reflect.set(engine, "pendingBackendInit", null)
    Reflect.set(engine, "makeVariable", makeVariable(recording, engine))
    return withPatches(all, f)
  } finally {
    for (const [key, descriptor] of saved) restore(engine, key, descriptor)
    activate(before)
    LayerLog.activate(layersBefore)
    if (recording.layers.layers.size > 0) forgetModels()
    if (debug) tf.env().set("DEBUG", true)
  }
}
