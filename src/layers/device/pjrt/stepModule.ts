/**
 * The step of a program as a StableHLO module for XLA: one step, or several in one loop, for each of some replicas. What an
 * argument or a result is follows from the roles of the graph alone: state is donated, batches are sliced, losses and outfeeds
 * are stacked.
 *
 * @since 0.1.0
 */
import type { Graph, Node, NodeOf } from "../../../domain/graph/Graph.ts"
import { batchLeaves, outfeedLeaves, type Program } from "../../../domain/Program.ts"
import type { TensorData, TensorType } from "../../../domain/Tensor.ts"
import { type Check, type Emitter, type Functions, type LowerOptions, type Precision, typeOf, type Value } from "./lower/Emitter.ts"
import { meanOverReplicas } from "./lower/structure.ts"
import { typeText } from "./lower/text.ts"
import { type Given, lower } from "./lower.ts"
import { loopLines } from "./loopLines.ts"
import { functionLines, moduleText, type ModuleText } from "./moduleText.ts"
import { cutOver, evenParts, isGrid, mostParts, shardingOf } from "./sharding.ts"

export type { Precision }

/** @category models @since 0.1.0 */
export interface StepOptions {
  readonly replicas: number
  /** Steps of one execution. */
  readonly iterations: number
  /**
   * How products are computed: as the hardware does by default (a TPU rounds operands to bfloat16), in all of float32's bits, or
   * from operands rounded to bfloat16 with float32 sums. Products that are `exact` are always the second.
   */
  readonly precision: Precision
  /**
   * Whether random numbers are made with 64-bit arithmetic: normal ones then have the bits of the other engines; default `true`.
   * TPUs have none of their own: with `false` uniform numbers still have the same bits, and normal ones are within 1e-6.
   */
  readonly wide?: boolean | undefined
}

/** @category models @since 0.1.0 */
export type ArgumentSource =
  | { readonly _tag: "State"; readonly leaf: string }
  /** `index` into the program's batch leaves. */
  | { readonly _tag: "Batch"; readonly index: number }
  | { readonly _tag: "Constant"; readonly data: TensorData }

/** An argument of `@main`, of one replica; batches of several steps are stacked on a new first axis. @category models @since 0.1.0 */
export interface ModuleArgument {
  readonly type: TensorType
  readonly source: ArgumentSource
  /** Equal parts along each axis, where a core is given only its own: block i, in row-major order, goes to core i. */
  readonly parts?: ReadonlyArray<number> | undefined
}

/** @category models @since 0.1.0 */
export type ResultTarget =
  | { readonly _tag: "State"; readonly leaf: string }
  /** Mean over replicas, on each. */
  | { readonly _tag: "Loss" }
  /** `index` into the program's outfeed leaves. */
  | { readonly _tag: "Outfeed"; readonly index: number }
  /** int32: 0, or 1 more than the index in `failures` of the first check that does not hold. Absent where there is no check. */
  | { readonly _tag: "Failed" }

/** A result of `@main`, of one replica; all but state of several steps are stacked on a new first axis. @category models @since 0.1.0 */
export interface ModuleResult {
  readonly type: TensorType
  readonly target: ResultTarget
}

/** @category models @since 0.1.0 */
export interface StepModule extends ModuleText {
  readonly arguments: ReadonlyArray<ModuleArgument>
  /** State first, in the order of the state among the arguments, whose memory it takes over. */
  readonly results: ReadonlyArray<ModuleResult>
  /** What a check that does not hold means. */
  readonly failures: ReadonlyArray<string>
}

/** Arguments in order: the graph's parameters, then literals as the lowering asks for them. @category models @since 0.1.0 */
export interface Arguments {
  readonly given: (node: Given) => Value
  readonly constants: ReadonlyArray<NodeOf<"Constant">>
}

/** @category constructors @since 0.1.0 */
export const argumentsFor = (graph: Graph): Arguments => {
  const constants: Array<NodeOf<"Constant">> = []
  const given = (node: Given): Value => {
    const index = node.op === "Parameter" ? node.attrs.index : graph.parameters.length + constants.push(node) - 1
    return { name: `%arg${index}`, type: node.type.dtype, shape: node.type.shape }
  }
  return { given, constants }
}

/** @category rules @since 0.1.0 */
export const failureOf = ({ node }: Check): string => `${node.op}: an index is out of range${node.source === undefined ? "" : ` (at ${node.source})`}`

/** 0, or 1 more than the index of the first check that does not hold. @category rules @since 0.1.0 */
export const firstFailure = (e: Emitter): Value =>
  e.checks.reduceRight((failed, { holds }, i) => e.select(holds, failed, e.scalar("int32", i + 1)), e.scalar("int32", 0))

/** A result of one step. */
interface StepResult {
  readonly value: Value
  readonly target: ResultTarget
}

const typeOfValue = ({ shape, type }: Value): TensorType => {
  // results are nodes of the graph, or int32
  return { dtype: type as TensorType["dtype"], shape }
}

const argumentsOf = ({ partition, step }: Program, constants: ReadonlyArray<NodeOf<"Constant">>): ReadonlyArray<ModuleArgument> => {
  const batches = batchLeaves(step).map(({ name }) => name)
  return [
    ...step.parameters.map(({ name, node, role }): ModuleArgument => {
      const { type } = step.nodes[node]!
      if (role._tag === "State") return { type, source: { _tag: "State", leaf: name } }
      return { type, source: { _tag: "Batch", index: batches.indexOf(name) }, parts: evenParts(partition, name, type.shape) }
    }),
    ...constants.map(({ attrs, type }): ModuleArgument => ({ type, source: { _tag: "Constant", data: attrs.data } }))
  ]
}

const resultsOf = (step: Graph, e: Emitter, value: (id: number) => Value): ReadonlyArray<StepResult> => {
  const outputOf = (name: string | undefined, tag: "State" | "Loss" | "Outfeed") =>
    step.outputs.find((output) => output.role._tag === tag && (name === undefined || output.name === name))
  const states = step.parameters.flatMap(({ name, role }): ReadonlyArray<StepResult> =>
    // the program has been verified: each state leaf has a successor
    role._tag === "State" ? [{ value: value(outputOf(name, "State")!.node), target: { _tag: "State", leaf: name } }] : []
  )
  const loss = outputOf(undefined, "Loss")
  return [
    ...states,
    ...(loss === undefined ? [] : [{ value: meanOverReplicas(e, value(loss.node)), target: { _tag: "Loss" } } as const]),
    ...outfeedLeaves(step).map(({ name }, index) => ({ value: value(outputOf(name, "Outfeed")!.node), target: { _tag: "Outfeed", index } }) as const),
    ...(e.checks.length === 0 ? [] : [{ value: firstFailure(e), target: { _tag: "Failed" } } as const])
  ]
}

const stacked = ({ dtype, shape }: TensorType, iterations: number): TensorType =>
  iterations === 1 ? { dtype, shape } : { dtype, shape: [iterations, ...shape] }

const printed = ({ dtype, shape }: TensorType) => typeText(dtype, shape)

/** `tensor<…> {…}` */
const annotated = (type: TensorType, attributes: ReadonlyArray<string>): string =>
  attributes.length === 0 ? printed(type) : `${printed(type)} {${attributes.join(", ")}}`

/** `public @main(%arg0: tensor<…> {…}, …) -> (…)`; a state argument gives its memory to the result of its leaf. */
const mainHead = (args: ReadonlyArray<ModuleArgument>, results: ReadonlyArray<ModuleResult>, cores: number): string => {
  const shared = ({ shape }: TensorType, parts: ReadonlyArray<number> = shape.map(() => 1)) => (cores === 1 ? [] : [shardingOf(parts, cores)])
  const parameters = args.map(({ parts, source, type }, i) => {
    const taker = source._tag === "State" ? results.findIndex(({ target }) => target._tag === "State" && target.leaf === source.leaf) : -1
    return `%arg${i}: ${annotated(type, [...shared(type, parts), ...(taker < 0 ? [] : [`tf.aliasing_output = ${taker} : i32`])])}`
  })
  return `public @main(${parameters.join(", ")}) -> (${results.map(({ type }) => annotated(type, shared(type))).join(", ")})`
}

/**
 * The module of `options.iterations` steps for each of `options.replicas`. Throws `NoRule` for an op without a lowering.
 *
 * With `program.partition` it is for `cores` devices of each replica (`num_partitions`), which all are given whole arguments but for
 * those with `parts`, and give whole results; XLA's partitioner cuts the work between.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (program: Program, options: StepOptions): StepModule => {
  const { step, partition } = program
  const { wide = true, iterations, precision, replicas } = options
  const functions: Functions = new Map()
  const lowering: LowerOptions = { replicas, precision, wide, parts: mostParts(partition), isGrid: isGrid(partition) }
  const { constants, given } = argumentsFor(step)
  const nameOf = (node: Node) => (node.op === "Parameter" ? step.parameters[node.attrs.index]!.name : undefined)
  const cut = partition === undefined ? undefined : cutOver(partition, nameOf)
  const { emitter, value } = lower(step, lowering, functions, (node, e) => cut?.(e, node, given(node)) ?? given(node))
  const ends = resultsOf(step, emitter, value)
  const single = argumentsOf(program, constants)
  const args = single.map((argument): ModuleArgument => {
    if (argument.source._tag !== "Batch" || iterations === 1) return argument
    return { ...argument, type: stacked(argument.type, iterations), parts: argument.parts && [1, ...argument.parts] }
  })
  const results = ends.map(({ target, value: v }): ModuleResult => {
    const type = typeOfValue(v)
    return { target, type: target._tag === "State" ? type : stacked(type, iterations) }
  })
  const returned = `${ends.map((r) => r.value.name).join(", ")} : ${ends.map((r) => typeOf(r.value)).join(", ")}`
  const types = (all: ReadonlyArray<{ readonly type: TensorType }>) => all.map(({ type }) => printed(type)).join(", ")
  const size = { replicas, cores: partition?.cores ?? 1 }
  const head = mainHead(args, results, size.cores)
  const about = { arguments: args, results, failures: emitter.checks.map(failureOf) }
  if (iterations === 1) return { ...about, ...moduleText(functionLines(head, emitter.lines, returned), functions, size) }
  const own = `private @step(${single.map(({ type }, i) => `%arg${i}: ${printed(type)}`).join(", ")}) -> (${ends.map((r) => typeOf(r.value)).join(", ")})`
  functions.set("step", functionLines(own, emitter.lines, returned))
  const loop = loopLines(
    single,
    ends.map(({ target, value: v }) => ({ target, type: typeOfValue(v) })),
    iterations
  )
  return { ...about, ...moduleText(functionLines(head, loop.lines, `${loop.results.join(", ")} : ${types(results)}`), functions, size) }
}
