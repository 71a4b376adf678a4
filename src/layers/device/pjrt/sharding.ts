/**
 * Spreading the work of a replica over several cores by XLA's partitioner: a leaf of the batch that has parts is cut, and XLA finds
 * out what follows. Where the parts are equal each core is given its own; otherwise it is given the whole leaf, which is cut where it
 * is first read. All cores have the whole state, and all results.
 *
 * Written in Shardy's dialect (https://openxla.org/shardy): the cores are one axis of a mesh; an axis of an array that is cut
 * takes a part of it, so that block i, in row-major order, is on core i.
 *
 * @since 0.1.0
 */
import type { Node } from "../../../domain/graph/Graph.ts"
import type { Partition } from "../../../domain/Program.ts"
import type { Shape } from "../../../domain/Tensor.ts"
import { type Emitter, typeOf, type Value } from "./lower/Emitter.ts"

/** Declares the cores; a line of the module. @category constants @since 0.1.0 */
export const meshText = (cores: number): string => `  sdy.mesh @cores = <["core"=${cores}]>`

/** What an axis in `count` parts takes of the cores, after the axes before it, which are in `before` parts together. */
const axisText = (count: number, before: number, cores: number): string =>
  count === 1 ? "{}" : count === cores ? `{"core"}` : `{"core":(${before})${count}}`

/** `<@cores, [{}, {"core"}]>` */
const shardingText = (parts: ReadonlyArray<number>, cores: number): string => {
  let before = 1
  const axes = parts.map((count) => {
    const text = axisText(count, before, cores)
    before *= count
    return text
  })
  return `<@cores, [${axes.join(", ")}]>`
}

/** Attribute of an argument or a result that is in `parts` along its axes; 1 for each: every core has all of it. @category rules @since 0.1.0 */
export const shardingOf = (parts: ReadonlyArray<number>, cores: number): string => `sdy.sharding = #sdy.sharding${shardingText(parts, cores)}`

/** What `LowerOptions.parts` is. @category rules @since 0.1.0 */
export const mostParts = (partition: Partition | undefined): number => Math.max(1, ...[...(partition?.dims.values() ?? [])].flat())

/** What `LowerOptions.isGrid` is. @category rules @since 0.1.0 */
export const isGrid = (partition: Partition | undefined): boolean =>
  [...(partition?.dims.values() ?? [])].some((parts) => parts.filter((count) => count > 1).length > 1)

/**
 * `x`, which no core has only a part of along `axes`, whatever XLA makes of the others: for what its partitioner computes wrongly
 * in parts. Of a grid no axis stays cut: what some cores have the same part of, the partitioner may add up as often.
 *
 * @category rules
 * @since 0.1.0
 */
export const whole = (e: Emitter, x: Value, axes: ReadonlyArray<number>): Value => {
  const { isGrid: all = false, parts = 1 } = e.options
  if (parts === 1 || axes.length === 0) return x
  const text = x.shape.map((_, axis) => (all || axes.includes(axis) ? "{}" : "{?}")).join(", ")
  return { ...x, ...e.emit(`sdy.sharding_constraint ${x.name} <@cores, [${text}]> : ${typeOf(x)}`, x.type, x.shape) }
}

/**
 * Height and width of an image, or of the positions of a window on it, where they are so short that cores are left without a part:
 * 5 by 4 is 2, 2, 1 and nothing. XLA's partitioner computes windows wrongly then, or ends its process.
 *
 * @category rules
 * @since 0.1.0
 */
export const shortAxes = ({ options: { parts = 1 } }: Emitter, ...shapes: ReadonlyArray<Shape>): ReadonlyArray<number> =>
  [1, 2].filter((axis) => shapes.some((shape) => (parts - 1) * Math.ceil(shape[axis]! / parts) >= shape[axis]!))

/** Parts along each axis of a leaf where they are equal, so that a core can be given its own; `undefined` where it is given all. @category rules @since 0.1.0 */
export const evenParts = (partition: Partition | undefined, leaf: string, shape: Shape): ReadonlyArray<number> | undefined => {
  const parts = partition?.dims.get(leaf)
  return parts?.every((count, axis) => shape[axis]! % count === 0) ? parts : undefined
}

/** How each leaf of the batch is cut: block i of its parts, in row-major order, on core i. @category rules @since 0.1.0 */
export const cutOver =
  ({ cores, dims }: Partition, nameOf: (node: Node) => string | undefined) =>
  (e: Emitter, node: Node, x: Value): Value => {
    const name = nameOf(node)
    const parts = name === undefined ? undefined : dims.get(name)
    if (parts === undefined || cores === 1) return x
    return e.emit(`sdy.sharding_constraint ${x.name} ${shardingText(parts, cores)} : ${typeOf(x)}`, x.type, x.shape)
  }
