/**
 * A graph without state as a module: parameters in, outputs out.
 *
 * @since 0.1.0
 */
import type { Graph } from "../../../domain/graph/Graph.ts"
import type { TensorData, TensorType } from "../../../domain/Tensor.ts"
import { type Functions, type Precision, typeOf } from "./lower/Emitter.ts"
import { typeText } from "./lower/text.ts"
import { lower } from "./lower.ts"
import { functionLines, moduleText, type ModuleText } from "./moduleText.ts"
import { argumentsFor, failureOf, firstFailure } from "./stepModule.ts"

/** @category models @since 0.1.0 */
export interface EvaluationModule extends ModuleText {
  /** The graph's parameters in order, then literals that are too large for the text. */
  readonly arguments: ReadonlyArray<{ readonly type: TensorType; readonly data: TensorData | undefined }>
  /** The graph's outputs in order; where `failures` is not empty an int32 after them: 0, or 1 more than the index of what failed. */
  readonly results: ReadonlyArray<TensorType>
  readonly failures: ReadonlyArray<string>
}

/** @category models @since 0.1.0 */
export interface EvaluationOptions {
  readonly precision?: Precision | undefined
  readonly wide?: boolean | undefined
}

/** Of one replica. Throws `NoRule` for an op without a lowering. @category constructors @since 0.1.0 */
export const evaluation = (graph: Graph, { precision = "default", wide = true }: EvaluationOptions = {}): EvaluationModule => {
  const functions: Functions = new Map()
  const { constants, given } = argumentsFor(graph)
  const { emitter, value } = lower(graph, { replicas: 1, precision, wide }, functions, given)
  const values = graph.outputs.map(({ node }) => value(node))
  const failed = emitter.checks.length === 0 ? [] : [firstFailure(emitter)]
  const all = [...values, ...failed]
  const args = [
    ...graph.parameters.map(({ node }) => ({ type: graph.nodes[node]!.type, data: undefined })),
    ...constants.map(({ attrs, type }) => ({ type, data: attrs.data }))
  ]
  const types = all.map(typeOf).join(", ")
  const head = `public @main(${args.map(({ type }, i) => `%arg${i}: ${typeText(type.dtype, type.shape)}`).join(", ")}) -> (${types})`
  const main = functionLines(head, emitter.lines, `${all.map((v) => v.name).join(", ")} : ${types}`)
  return {
    ...moduleText(main, functions, { replicas: 1, cores: 1 }),
    arguments: args,
    results: [...graph.outputs.map(({ node }) => graph.nodes[node]!.type), ...failed.map(() => ({ dtype: "int32", shape: [] }) as const)],
    failures: emitter.checks.map(failureOf)
  }
}
