/**
 * The graph of a prediction as others are to call it: cache and features in, predictions and cache out, variables beside.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { ExportError } from "../Errors.ts"
import * as Builder from "../graph/Builder.ts"
import { type Graph, isRandom, type Node, type NodeId } from "../graph/Graph.ts"
import { GraphError } from "../graph/GraphError.ts"
import { optimize } from "../passes/pipeline.ts"
import { addNode, liveNodes } from "../passes/rebuild.ts"
import type { Shape, TensorType } from "../Tensor.ts"
import { affineList, isFixed, isRows, type Three } from "./affine.ts"
import type { ServingModel, ServingPort } from "./ServingModel.ts"

/** A result of the model by its name. @category models @since 0.1.0 */
export interface Named {
  readonly name: string
  readonly node: NodeId
}

/** What is asked of a step graph. @category models @since 0.1.0 */
export interface Wanted {
  readonly step: Graph
  /** The outputs but for the cache. */
  readonly outputs: ReadonlyArray<Named>
  /** Leaves of the state whose new values are outputs, too, of the role `State`; default: none, as in predictions. */
  readonly successors?: ReadonlyArray<string>
}

const at = ({ source }: Node) => (source === undefined ? {} : { source })

const refusedDraw = (node: Node) =>
  new ExportError({
    reason: "Randomness",
    op: node.op,
    ...at(node),
    detail:
      "what is exported draws random numbers, which files of other programs cannot. Draw only in a training that is not exported, or offer outputs without draws by exportOutputs"
  })

const refusedReplica = (node: Node) =>
  new ExportError({
    reason: "Replicas",
    op: node.op,
    ...at(node),
    detail: "what is exported depends on the replica that computes it; an exported model has one. Leave replicas out of it"
  })

/** `valid` is 1 everywhere: an exported model is given no padding. */
const validLeaf = "valid"

/**
 * `Failure` with `ExportError` for a graph that draws, or tells replicas apart. Parameters: variables that are needed, then the
 * batch's leaves (whether they are needed or not), then the cache. Outputs: those wanted, the cache, the successors.
 *
 * @category conversions
 * @since 0.1.0
 */
export const servingGraph = (wanted: Wanted): Result.Result<Graph, ExportError> => {
  try {
    return made(wanted)
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    // names that become one: { "a/b": … } and { a: { b: … } }, say
    return Result.fail(new ExportError({ reason: "Port", detail: `two inputs or outputs have one name: ${error.detail}. Rename one of them` }))
  }
}

const made = ({ outputs: wanted, step, successors = [] }: Wanted): Result.Result<Graph, ExportError> => {
  const caches = step.parameters.filter(({ role }) => role._tag === "State" && role.kind === "cache")
  const nextOf = (leaf: string) => step.outputs.find(({ name, role }) => role._tag === "State" && name === leaf)!.node
  const outputs = [...wanted, ...caches.map(({ name }) => ({ name, node: nextOf(name) }))]
  const next = successors.map((name) => ({ name, node: nextOf(name) }))
  const live = liveNodes({ ...step, outputs: [...outputs, ...next].map((o) => ({ ...o, role: { _tag: "Outfeed" } })) })
  const refused = step.nodes.find((node, id) => live[id] === 1 && (isRandom(node) || node.op === "ReplicaId"))
  if (refused !== undefined) return Result.fail(isRandom(refused) ? refusedDraw(refused) : refusedReplica(refused))
  const builder = Builder.make()
  const became = new Map<NodeId, NodeId>()
  const typeOf = (node: NodeId): TensorType => step.nodes[node]!.type
  const put = ({ name, node }: Named, role: "State" | "Batch") =>
    became.set(node, builder.parameter(name, role === "Batch" ? { _tag: role } : { _tag: role, kind: "variable", trainable: false }, typeOf(node)))
  const batch = step.parameters.filter(({ role }) => role._tag === "Batch")
  for (const p of step.parameters) {
    if (p.role._tag === "State" && p.role.kind !== "cache" && (live[p.node] === 1 || successors.includes(p.name))) put(p, "State")
  }
  for (const p of batch) {
    if (p.name === validLeaf) became.set(p.node, Builder.fill(builder, typeOf(p.node), 1))
    else put(p, "Batch")
  }
  for (const p of caches) put(p, "Batch")
  step.nodes.forEach((node, id) => {
    if (live[id] === 0 || node.op === "Parameter") return
    const inputs = node.inputs.map((input) => became.get(input)!)
    // one replica: the sum over all of them is the operand itself
    became.set(id, node.op === "CrossReplicaSum" ? inputs[0]! : addNode(builder, node, inputs))
  })
  for (const { name, node } of outputs) builder.output(name, { _tag: "Outfeed" }, became.get(node)!)
  for (const { name, node } of next) builder.output(name, { _tag: "State" }, became.get(node)!)
  return Result.succeed(optimize(builder.build()))
}

/** Names of leaves as users know them: without the structure's own prefix; a cache goes in as `cache_0` and out as `next_cache_0`. */
const portName = (leaf: string, which: "parameters" | "outputs"): string =>
  leaf.replace(/^(features|predictions)\//, "").replace(/^cache\//, which === "outputs" ? "next_cache_" : "cache_")

const kindOf = (leaf: string, other: "feature" | "prediction"): ServingPort["kind"] => (leaf.startsWith("cache/") ? "cache" : other)

/** The variables' parameters that are not inputs. @category rules @since 0.1.0 */
export const variableNames = (graph: Graph): ReadonlyArray<string> =>
  graph.parameters.flatMap(({ name, role }) => (role._tag === "State" ? [name] : []))

/** Extents at the graphs' sizes as one shape; `undefined` where an axis is no batch axis and no fixed one. */
const commonShape = (sizes: ReadonlyArray<number>, shapes: ReadonlyArray<Shape>): Shape | undefined => {
  if (shapes.length === 1) return shapes[0]!
  const lines = affineList(threeOf(sizes), threeOf(shapes))
  if (lines === undefined || !lines.every((line) => isFixed(line) || isRows(line))) return undefined
  return lines.map((line) => (isRows(line) ? -1 : line.rest))
}

/** Of a list that has three. */
const threeOf = <A>([a, b, c]: ReadonlyArray<A>): Three<A> => [a!, b!, c!]

const ports = (sized: ServingModel["graphs"], which: "parameters" | "outputs"): Result.Result<ReadonlyArray<ServingPort>, ExportError> => {
  const sizes = sized.map(({ batchSize }) => batchSize)
  const found: Array<ServingPort> = []
  for (const { name, role } of sized[0].graph[which]) {
    if (role._tag === "State") continue
    const types = sized.map(({ graph }) => graph.nodes[graph[which].find((p) => p.name === name)!.node]!.type)
    const shape = commonShape(
      sizes,
      types.map((type) => type.shape)
    )
    if (shape === undefined) {
      const seen = types.slice(0, 2).map((type, i) => `[${type.shape}] for a batch of ${sizes[i]}`)
      const detail = `"${portName(name, which)}" is ${seen.join(" and ")}: no axis of it is the batch's alone. Export for one size with batchSize`
      return Result.fail(new ExportError({ reason: "BatchSize", detail }))
    }
    found.push({
      name: portName(name, which),
      leaf: name,
      kind: kindOf(name, which === "outputs" ? "prediction" : "feature"),
      dtype: types[0]!.dtype,
      shape
    })
  }
  return Result.succeed(found)
}

/** Inputs and outputs, as the graphs have them. @category rules @since 0.1.0 */
export const portsOf = (sized: ServingModel["graphs"]): Result.Result<Pick<ServingModel, "inputs" | "outputs">, ExportError> =>
  Result.flatMap(ports(sized, "parameters"), (inputs) => Result.map(ports(sized, "outputs"), (outputs) => ({ inputs, outputs })))
