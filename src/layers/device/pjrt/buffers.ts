/**
 * What is in a device's memory when a step needs most of it, by the names of the program: leaves of the state and of the batch, and
 * for what exists within a step the op and the line that made it.
 *
 * @since 0.1.0
 */
import type { Node } from "../../../domain/graph/Graph.ts"
import { batchLeaves, outfeedLeaves, type Program } from "../../../domain/Program.ts"
import { byteSizeOf, printType, type TensorType } from "../../../domain/Tensor.ts"
import type { Buffers, Temporary } from "./client/liveBuffers.ts"
import type { ArgumentSource, ResultTarget, StepModule } from "./stepModule.ts"

/** @category models @since 0.1.0 */
export interface Buffer {
  /** Arguments are there all the time, and results that do not lie where an argument lay; temporaries within an execution. */
  readonly kind: "argument" | "result" | "temporary"
  /** Of a leaf; of an op for temporaries, or `XLA's fusion` and the like where that is not known. */
  readonly name: string
  /** Such as `f32[4,128]`. */
  readonly type: string
  /** On each device, with what the layout adds. */
  readonly bytes: number
  /** Line of the model function, where it is known. */
  readonly source?: string | undefined
}

const argumentName = (source: ArgumentSource, batch: ReadonlyArray<string>): string =>
  source._tag === "State" ? source.leaf : source._tag === "Batch" ? `batch ${batch[source.index]!}` : "a constant"

const resultName = (target: ResultTarget, outfeed: ReadonlyArray<string>): string => {
  if (target._tag === "State") return `${target.leaf} (new)`
  if (target._tag === "Outfeed") return `outfeed ${outfeed[target.index]!}`
  return target._tag === "Loss" ? "loss" : "checks"
}

const sourceOf = (node: Node | undefined) => (node?.source === undefined ? {} : { source: node.source })

const temporaryOf = ({ bytes, line, opcode, type }: Temporary, step: StepModule): Buffer => {
  const node = line === 0 ? undefined : step.at(line, 1)
  return { kind: "temporary", name: node?.op ?? `XLA's ${opcode}`, type, bytes, ...sourceOf(node) }
}

const largestFirst = (all: ReadonlyArray<Buffer>): ReadonlyArray<Buffer> => all.filter(({ bytes }) => bytes > 0).toSorted((a, b) => b.bytes - a.bytes)

/** The largest first. @category conversions @since 0.1.0 */
export const buffersOf = (step: StepModule, program: Program, buffers: Buffers): ReadonlyArray<Buffer> => {
  const batch = batchLeaves(program.step).map(({ name }) => name)
  const outfeed = outfeedLeaves(program.step).map(({ name }) => name)
  return largestFirst([
    ...step.arguments.map(({ source, type }, i): Buffer => ({
      kind: "argument",
      name: argumentName(source, batch),
      type: printType(type),
      // the compiled program may lack one that nothing reads
      bytes: buffers.arguments[i] ?? 0
    })),
    ...step.results.map(({ target, type }, i): Buffer => ({
      kind: "result",
      name: resultName(target, outfeed),
      type: printType(type),
      bytes: buffers.results[i] ?? 0
    })),
    ...buffers.temporaries.map((temporary) => temporaryOf(temporary, step))
  ])
}

/**
 * Of a step that has not been compiled: its arguments, and the value of every op, of which XLA may do without some. The largest first.
 *
 * @category conversions
 * @since 0.1.0
 */
export const arraysOf = (step: StepModule, program: Program): ReadonlyArray<Buffer> => {
  const batch = batchLeaves(program.step).map(({ name }) => name)
  const of = (type: TensorType) => ({ type: printType(type), bytes: byteSizeOf(type) })
  return largestFirst([
    ...step.arguments.map(({ source, type }): Buffer => ({ kind: "argument", name: argumentName(source, batch), ...of(type) })),
    ...program.step.nodes.flatMap((node): ReadonlyArray<Buffer> =>
      node.op === "Parameter" || node.op === "Constant" ? [] : [{ kind: "temporary", name: node.op, ...of(node.type), ...sourceOf(node) }]
    )
  ])
}

/** One for people: `MatMul f32[4,128] at model.ts:3:7`. @category conversions @since 0.1.0 */
export const printed = ({ name, source, type }: Buffer): string => `${name} ${type}${source === undefined ? "" : ` at ${source}`}`
