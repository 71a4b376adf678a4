/**
 * From a recording to a program: the step graph and the graph of initial values.
 *
 * @since 0.1.0
 */
import type { Graph, NodeId, Output, ParameterRole } from "../../domain/graph/Graph.ts"
import { globalStepName, type Mode, randomKeyName } from "../../domain/Program.ts"
import { replicaVariance } from "../../domain/passes/variance.ts"
import type { TensorType } from "../../domain/Tensor.ts"
import { extract, type Extraction } from "./extract.ts"
import { failure } from "./failures.ts"
import type { Recording } from "./Recording.ts"
import type { SpecOutputs } from "./specOutputs.ts"
import { type NamedVariable, stateNames } from "./stateNames.ts"

/** Parameters that are there before the model function is called. */
export interface Given {
  readonly globalStep: NodeId
  readonly batch: ReadonlyArray<{ readonly name: string; readonly node: NodeId }>
  /** `initial` is the cache function's tensor. */
  readonly cache: ReadonlyArray<{ readonly name: string; readonly node: NodeId; readonly initial: NodeId }>
}

interface Leaf {
  readonly name: string
  readonly role: ParameterRole & { readonly _tag: "State" }
  readonly type: TensorType
  readonly node: NodeId
  readonly next: NodeId
  /** `undefined` for the random key, which the run gives. */
  readonly initial: (() => NodeId) | undefined
}

const state = (kind: "variable" | "slot" | "cache" | "random" | "step", trainable = false) => ({ _tag: "State", kind, trainable }) as const

/**
 * New values that differ between replicas: those of moving averages are averaged, as each replica saw its own part of
 * the batch; anything else would let the replicas drift apart.
 */
const reconcile = (recording: Recording, { name, kind, entry }: NamedVariable, next: NodeId): NodeId => {
  const { builder, replicas } = recording
  if (!entry.trainable && kind === "variable" && entry.type.dtype === "float32") {
    const sum = builder.add("CrossReplicaSum", [next], {}, entry.source)
    return builder.add("Div", [sum, builder.add("Fill", [], { ...entry.type, value: replicas })], {}, entry.source)
  }
  const remedy =
    kind === "slot" || entry.trainable
      ? "Wrap the optimizer: new CrossReplicaOptimizer(optimizer).minimize(f)"
      : "Assign the result of crossReplicaSum or crossReplicaMean"
  const detail = `the new value of "${name}" differs between the ${replicas} replicas, but variables are equal on all of them. ${remedy}`
  throw failure("InvalidSpec", detail, { op: name, source: recording.originOf(next)?.source ?? entry.source })
}

/** Nodes that the outputs need. */
const reachable = (graph: Graph, roots: Iterable<NodeId>): Uint8Array => {
  const seen = new Uint8Array(graph.nodes.length)
  for (const root of roots) seen[root] = 1
  for (let i = graph.nodes.length - 1; i >= 0; i--) if (seen[i] === 1) for (const input of graph.nodes[i]!.inputs) seen[input] = 1
  return seen
}

/** A training step that leaves every variable as it was learns nothing, which nobody means. */
const refuseIdle = (variables: ReadonlyArray<{ readonly variable: NamedVariable; readonly next: NodeId }>) => {
  const trainable = variables.filter(({ variable }) => variable.kind === "variable" && variable.entry.trainable)
  const [first] = trainable
  if (first === undefined || variables.some(({ variable, next }) => next !== variable.entry.parameter)) return
  const detail = `the training step gives no new value to any of the ${trainable.length} trainable variables. When mode is "train", minimize the loss: new CrossReplicaOptimizer(tf.train.adam(1e-3)).minimize(() => loss)`
  throw failure("InvalidSpec", detail, { op: "modelFn", source: first.variable.entry.source })
}

const variableLeaves = (recording: Recording, needed: ReadonlyArray<NodeId>, mode: Mode): ReadonlyArray<Leaf> => {
  const next = (v: NamedVariable) => recording.nodeOf(v.entry.variable, v.name, v.entry.source)
  const all = stateNames(recording).map((variable) => ({ variable, next: next(variable) }))
  if (mode === "train") refuseIdle(all)
  const graph = recording.graph()
  const changed = all.filter((v) => v.next !== v.variable.entry.parameter)
  const used = reachable(graph, [...needed, ...changed.map((v) => v.next)])
  const variant = recording.replicas === 1 ? undefined : replicaVariance(graph)
  return (
    all
      // an optimizer made but not used (in evaluate, say) leaves variables without a name and a purpose
      .filter(({ variable: { named, entry }, next }) => named || next !== entry.parameter || used[entry.parameter] === 1)
      .map(({ variable, next }) => ({
        name: variable.name,
        role: state(variable.kind, variable.kind === "variable" && variable.entry.trainable),
        type: variable.entry.type,
        node: variable.entry.parameter,
        next: variant?.[next] === true ? reconcile(recording, variable, next) : next,
        initial: () =>
          recording.nodeOf(
            { dataId: variable.entry.initial, ...variable.entry.type, shape: [...variable.entry.type.shape] },
            variable.name,
            variable.entry.source
          )
      }))
  )
}

const stateLeaves = (recording: Recording, given: Given, mode: Mode, outputs: SpecOutputs<unknown, unknown>): ReadonlyArray<Leaf> => {
  const { builder } = recording
  const int = (value: number) => builder.add("Fill", [], { dtype: "int32", shape: [], value })
  const tick = builder.add("Constant", [], { shape: [3], data: Int32Array.of(0, 0, 1) })
  const stepNext = mode === "train" ? builder.add("Add", [given.globalStep, int(1)], {}) : given.globalStep
  const keyNext = builder.add("Add", [recording.randomKey, tick], {})
  const carried = recording.carried.map(({ name, parameter, initial, next }) => ({
    name,
    node: parameter,
    initial,
    next: recording.nodeOf(next(), name, undefined)
  }))
  const needed = [
    ...carried.map((c) => c.next),
    ...outputs.outfeeds.map((o) => o.node),
    ...outputs.cache,
    ...(outputs.loss === undefined ? [] : [outputs.loss])
  ]
  return [
    {
      name: globalStepName,
      role: state("step"),
      type: builder.typeOf(given.globalStep),
      node: given.globalStep,
      next: stepNext,
      initial: () => int(0)
    },
    {
      name: randomKeyName,
      role: state("random"),
      type: builder.typeOf(recording.randomKey),
      node: recording.randomKey,
      next: keyNext,
      initial: undefined
    },
    ...variableLeaves(recording, needed, mode),
    ...[...given.cache.map((leaf, i) => ({ ...leaf, next: outputs.cache[i]! })), ...carried].map(({ name, node, initial, next }) => ({
      name,
      role: state("cache"),
      type: builder.typeOf(node),
      node,
      next,
      initial: () => initial
    }))
  ]
}

const stepOutputs = (leaves: ReadonlyArray<Leaf>, { loss, outfeeds }: SpecOutputs<unknown, unknown>): ReadonlyArray<Output> => [
  ...leaves.map(({ name, next }): Output => ({ name, role: { _tag: "State" }, node: next })),
  ...(loss === undefined ? [] : [{ name: "loss", role: { _tag: "Loss" }, node: loss } as const]),
  ...outfeeds.map(({ name, node }): Output => ({ name, role: { _tag: "Outfeed" }, node }))
]

/** The program's step, and its graph of initial values for when it is wanted. */
export interface Assembled {
  readonly step: Graph
  readonly init: () => Graph
}

/** An initial value may be made from other variables: from their first values, then. */
const initGraph = (recording: Recording, given: Given, leaves: ReadonlyArray<Leaf>): Graph => {
  const firsts = new Map(leaves.flatMap(({ node, initial }) => (initial === undefined ? [] : [[node, initial] as const])))
  const batch = new Map(given.batch.map(({ name, node }) => [node, name]))
  return extract(recording.builder, {
    parameters: leaves.filter((l) => l.name === randomKeyName),
    outputs: leaves.flatMap(({ name, initial }): ReadonlyArray<Output> =>
      initial === undefined ? [] : [{ name, role: { _tag: "State" }, node: initial() }]
    ),
    substitute: (node) => {
      const leaf = batch.get(node)
      if (leaf === undefined) return firsts.get(node)?.()
      throw failure(
        "InvalidSpec",
        `the first value of a variable depends on the batch leaf "${leaf}". A variable starts from constants and random draws; assign to it in the step instead`,
        { op: "Variable" }
      )
    }
  })
}

export const assemble = (recording: Recording, given: Given, mode: Mode, outputs: SpecOutputs<unknown, unknown>): Assembled => {
  const leaves = stateLeaves(recording, given, mode, outputs)
  const batch = given.batch.map(({ name, node }): Extraction["parameters"][number] => ({
    name,
    role: { _tag: "Batch" },
    type: recording.builder.typeOf(node),
    node
  }))
  return {
    step: extract(recording.builder, { parameters: [...leaves, ...batch], outputs: stepOutputs(leaves, outputs) }),
    init: () => initGraph(recording, given, leaves)
  }
}
