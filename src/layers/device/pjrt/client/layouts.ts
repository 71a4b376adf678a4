/**
 * Structures that say where an array's elements lie in the host's memory, and where a program's text does.
 *
 * @since 0.1.0
 */
import { Args, type Bytes } from "./Args.ts"
import type { Plugin } from "./Plugin.ts"

/** A `PJRT_Buffer_MemoryLayout` with what it points to. @category models @since 0.1.0 */
export interface Layout {
  readonly address: bigint
  readonly held: ReadonlyArray<unknown>
}

/** Row-major, for arrays of a rank. @category constructors @since 0.1.0 */
export const makeLayout = (plugin: Plugin, rank: number): Layout => {
  const order = BigInt64Array.from({ length: Math.max(1, rank) }, (_, i) => BigInt(rank - 1 - i))
  // the words 2 to 8 are a `PJRT_Buffer_MemoryLayout_Tiled`, and word 9 says so (0)
  const layout = new Args(plugin.koffi, 10, 76).set(2, 56).set(4, plugin.koffi.address(order)).set(5, rank)
  return { address: layout.address, held: [layout, order] }
}

/** A `PJRT_Program`. @category constructors @since 0.1.0 */
export const programOf = (plugin: Plugin, code: Bytes, format: Bytes): Args =>
  new Args(plugin.koffi, 6).set(2, code.address).set(3, code.length).set(4, format.address).set(5, format.length)
