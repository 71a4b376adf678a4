/**
 * Spreading the work of a replica over several cores by XLA's partitioner: every core is given the whole batch and state, each
 * leaf of the batch that has parts is cut where it is first read, and XLA finds out what follows. All cores have all results.
 *
 * @since 0.1.0
 */
import type { Node } from "../../../domain/graph/Graph.ts"
import type { Partition } from "../../../domain/Program.ts"
import { type Emitter, typeOf, type Value } from "./lower/Emitter.ts"

/** Attribute of an argument or a result that every core has. @category constants @since 0.1.0 */
export const everywhere = `mhlo.sharding = "{replicated}"`

/** How each leaf of the batch is cut: block i of its parts, in row-major order, on core i. @category rules @since 0.1.0 */
export const cutOver =
  ({ cores, dims }: Partition, nameOf: (node: Node) => string | undefined) =>
  (e: Emitter, node: Node, x: Value): Value => {
    const name = nameOf(node)
    const parts = name === undefined ? undefined : dims.get(name)
    if (parts === undefined || cores === 1) return x
    const sharding = `mhlo.sharding = "{devices=[${parts.join(",")}]<=[${cores}]}"`
    return e.emit(`stablehlo.custom_call @Sharding(${x.name}) {${sharding}} : (${typeOf(x)}) -> ${typeOf(x)}`, x.type, x.shape)
  }
