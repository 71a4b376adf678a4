/**
 * The text of a module from functions of lines, and the way back from a place in it to the node it was written for.
 *
 * @since 0.1.0
 */
import type { Node } from "../../../domain/graph/Graph.ts"
import { meshText } from "./sharding.ts"
import type { Functions, Line } from "./lower/Emitter.ts"

/** @category models @since 0.1.0 */
export interface ModuleText {
  readonly text: string
  /** The node whose instruction is there, lines and columns counted from 1 (an instruction is a line); for a plugin's errors. */
  readonly at: (line: number, column: number) => Node | undefined
}

/** @category models @since 0.1.0 */
export interface ModuleSize {
  readonly replicas: number
  /** Cores that compute a replica together. */
  readonly cores: number
}

/** A function: its head up to the `{`, the lines of its body, and what it returns as `values : types`. @category constructors @since 0.1.0 */
export const functionLines = (head: string, body: ReadonlyArray<Line>, returned: string): ReadonlyArray<Line> => [
  { text: `  func.func ${head} {` },
  ...body,
  { text: `    return ${returned}` },
  { text: "  }" }
]

/** @category conversions @since 0.1.0 */
export const moduleText = (main: ReadonlyArray<Line>, functions: Functions, { cores, replicas }: ModuleSize): ModuleText => {
  const lines: ReadonlyArray<Line> = [
    { text: `module @step attributes {mhlo.num_partitions = ${cores} : i32, mhlo.num_replicas = ${replicas} : i32} {` },
    ...(cores === 1 ? [] : [{ text: meshText(cores) }]),
    ...main,
    ...[...functions.values()].flat(),
    { text: "}" }
  ]
  return { text: `${lines.map(({ text }) => text).join("\n")}\n`, at: (line) => lines[line - 1]?.node }
}
