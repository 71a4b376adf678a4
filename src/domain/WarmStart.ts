/**
 * Warm start: a new run takes the values of some of its variables from another run's checkpoint, as
 * `tf.estimator.WarmStartSettings`, or from a saved model of TensorFlow.js Layers. Optimizer slots, recurrent cache, random
 * key and step start anew.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { CheckpointError, ConfigError } from "./Errors.ts"
import type { State, StateLeaf } from "./Program.ts"
import { matcher } from "./layerWeights.ts"
import { applyRules, type NameRule } from "./NameRules.ts"
import { nearest } from "./suggest.ts"
import { printType, sameShape, type Tensor } from "./Tensor.ts"

/** @category models @since 0.1.0 */
export interface WarmStart {
  /**
   * A checkpoint (`runs/a/model.ckpt-500`) of this package or of TensorFlow, a directory of them, of which the newest is taken,
   * a layers model of TensorFlow.js (`models/a/model.json`, its weights beside it), or a safetensors file
   * (`models/a.safetensors`). Other floating-point types are taken as float32, other whole numbers as int32.
   */
  readonly from: string
  /**
   * Which variables: the trainable ones whose name a pattern matches anywhere, or those of a list, by name (also ones that
   * are not trained) or pattern. Default: all trainable variables. From a layers model default and patterns also take the
   * others that it has, such as the moving statistics of batch normalisation.
   */
  readonly variables?: RegExp | ReadonlyArray<string | RegExp>
  /**
   * What the checkpoint calls a variable of the model: a function, a record for those that differ, or rules (`NameRules` has
   * some), which may also take a part of what is stored. In a layers model
   * a name that is not there stands for the one that differs by `:0` or the name of a recurrent cell, and an automatic name
   * (`dense_Dense2/kernel`) for the second of its kind.
   */
  readonly rename?: ((name: string) => string) | { readonly [name: string]: string } | ReadonlyArray<NameRule>
  /**
   * Also the slots of the optimizer, all or those whose name fits, so that training goes on and does not begin. The global step
   * begins at 0 all the same. Default: none.
   */
  readonly slots?: boolean | RegExp
}

/** What a file holds, whoever wrote it. @category models @since 0.1.0 */
export interface StoredValues {
  /** By the names that the file gives them; other floating-point types as float32, other whole numbers as int32. */
  readonly state: State
  /** What no state can hold, such as `string[3]`, by name. */
  readonly others: ReadonlyMap<string, string>
}

/** `test` of a pattern with the `g` or `y` flag would go on where it ended. */
const matches = (pattern: RegExp, name: string): boolean => name.search(pattern) >= 0

const refuse = (key: string, detail: string, suggestion?: string) =>
  Result.fail(new ConfigError({ key: `warmStart.${key}`, detail, ...(suggestion === undefined ? {} : { suggestion }) }))

/** `has`: whether the source has a variable's value that comes along though it is not trained. */
const chosen = (
  leaves: ReadonlyArray<StateLeaf>,
  wanted: WarmStart["variables"],
  has: (name: string) => boolean
): Result.Result<ReadonlyArray<StateLeaf>, ConfigError> => {
  const variables = leaves.filter(({ kind }) => kind === "variable")
  const candidates = variables.filter((leaf) => leaf.trainable || has(leaf.name))
  if (wanted === undefined) return Result.succeed(candidates)
  const names = new Set<string>()
  for (const one of wanted instanceof RegExp ? [wanted] : wanted) {
    const found = typeof one === "string" ? variables.filter(({ name }) => name === one) : candidates.filter(({ name }) => matches(one, name))
    if (found.length === 0) {
      const all = variables.map(({ name }) => name)
      const what = typeof one === "string" ? `the model has no variable "${one}"` : `no trainable variable's name has ${String(one)} in it`
      return refuse("variables", `${what}; it has ${all.join(", ")}.`, typeof one === "string" ? nearest(one, all) : undefined)
    }
    for (const { name } of found) names.add(name)
  }
  return Result.succeed(variables.filter(({ name }) => names.has(name)))
}

const isRules = (rename: WarmStart["rename"]): rename is ReadonlyArray<NameRule> => Array.isArray(rename)

const asFunction = (rename: WarmStart["rename"]): ((name: string) => ReturnType<typeof applyRules>) => {
  if (isRules(rename)) return (name) => applyRules(rename, name)
  const named = (name: string) =>
    typeof rename === "function" ? rename(name) : rename !== undefined && Object.hasOwn(rename, name) ? rename[name]! : name
  return (name) => ({ saved: named(name), take: undefined })
}

const slotsOf = (leaves: ReadonlyArray<StateLeaf>, slots: WarmStart["slots"]): ReadonlyArray<StateLeaf> =>
  slots === undefined || slots === false ? [] : leaves.filter(({ kind, name }) => kind === "slot" && (slots === true || matches(slots, name)))

/** Every key of a record must be one of the variables that are taken over. */
const checkRename = (rename: WarmStart["rename"], leaves: ReadonlyArray<StateLeaf>): Result.Result<void, ConfigError> => {
  if (rename === undefined || typeof rename === "function" || isRules(rename)) return Result.void
  const names = leaves.map(({ name }) => name)
  const unused = Object.keys(rename).find((name) => !names.includes(name))
  if (unused === undefined) return Result.void
  const detail = `"${unused}" is none of the variables that are taken over (${names.join(", ")}); the keys are the model's names.`
  return refuse("rename", detail, nearest(unused, names))
}

/** Whether `from` names a layers model rather than a checkpoint. @category rules @since 0.1.0 */
export const isLayersModel = (from: string): boolean => from.endsWith(".json")

/** Whether `from` names a safetensors file. @category rules @since 0.1.0 */
export const isSafetensors = (from: string): boolean => from.endsWith(".safetensors")

/** Whether `from` names a file, and no directory of checkpoints. @category rules @since 0.1.0 */
export const isFile = (from: string): boolean => /\.(json|safetensors|h5|hdf5|keras)$/.test(from)

const missing = (who: string, there: string, file: string, { others, state }: StoredValues): CheckpointError => {
  const other = others.get(there)
  if (other !== undefined) {
    const detail = `warm start of ${who}: the checkpoint has ${other}, which cannot be part of a state. Leave the variable out by warmStart.variables`
    return new CheckpointError({ reason: "TypeMismatch", file, tensor: there, detail })
  }
  const near = nearest(there, state.keys())
  const hint = near === undefined ? `its tensors: ${[...state.keys()].slice(0, 8).join(", ")} …` : `the nearest name there is "${near}"`
  const detail = `warm start of ${who}: the checkpoint has no such tensor; ${hint}. Use warmStart.rename, or leave the variable out by warmStart.variables`
  return new CheckpointError({ reason: "MissingTensor", file, tensor: there, detail })
}

/**
 * The new values by the model's names. Fails with `ConfigError` when a name or pattern fits no variable, and with
 * `CheckpointError` (`MissingTensor`, `TypeMismatch`) naming both sides when the checkpoint does not have what is asked for.
 *
 * @category rules
 * @since 0.1.0
 */
export const select = (
  settings: WarmStart,
  leaves: ReadonlyArray<StateLeaf>,
  file: string,
  stored: StoredValues
): Result.Result<State, ConfigError | CheckpointError> =>
  Result.gen(function* () {
    const rename = asFunction(settings.rename)
    const matched = isLayersModel(settings.from) ? matcher(stored.state.keys()) : undefined
    const variables = yield* chosen(leaves, settings.variables, (name) => matched?.(rename(name).saved) !== undefined)
    const taken = [...variables, ...slotsOf(leaves, settings.slots)]
    yield* checkRename(settings.rename, taken)
    const state = new Map<string, Tensor>()
    for (const { name, type } of taken) {
      const { saved, take } = rename(name)
      const there = matched?.(saved) ?? saved
      const who = there === name ? `the model's variable "${name}"` : `the model's variable "${name}" (there "${there}")`
      const found = stored.state.get(there)
      if (found === undefined) return yield* Result.fail(missing(who, there, file, stored))
      const value = take === undefined ? found : take(found, type)
      if (value.dtype !== type.dtype || !sameShape(value.shape, type.shape)) {
        const made = value === found ? "" : `, of which the rule makes ${printType(value)}`
        const detail = `warm start of ${who}: the model has ${printType(type)}, the checkpoint ${printType(found)}${made}`
        return yield* Result.fail(new CheckpointError({ reason: "TypeMismatch", file, tensor: there, detail }))
      }
      state.set(name, value)
    }
    return state
  })
