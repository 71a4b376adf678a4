/**
 * The rule of matrix products. Letters: m rows and n columns of the result, k the inner extent.
 *
 * @since 0.1.0
 */
import { sizeOf } from "../../Tensor.ts"
import type { CutRule, CutRules, Value } from "./Cutter.ts"
import type * as Layout from "./Layout.ts"
import { partials } from "./reductions.ts"

/** Where the axes of one operand are: `free` is m or n. */
const axesOf = (rank: number, transposed: boolean, first: boolean) => {
  const [inner, free] = first === transposed ? [rank - 2, rank - 1] : [rank - 1, rank - 2]
  return { inner, free }
}

/**
 * The larger of the operands that are cut says how: each core multiplies its tile with what belongs to it of the other
 * operand. Products of a cut inner axis are partial, and added up.
 */
const matMul: CutRule<"MatMul"> = (cx, node, inputs) => {
  const { transposeA, transposeB } = node.attrs
  const rank = node.type.shape.length
  const sides = [axesOf(rank, transposeA, true), axesOf(rank, transposeB, false)]
  const size = (i: number) => (inputs[i]!.layout === undefined ? -1 : sizeOf(inputs[i]!.type.shape))
  const ours = size(0) >= size(1) ? 0 : 1
  const [mine, other]: ReadonlyArray<Value> = [inputs[ours]!, inputs[1 - ours]!]
  const [here, there] = [sides[ours]!, sides[1 - ours]!]
  const { layout } = mine!
  if (layout === undefined) return undefined

  /** The block of the other operand for one tile of mine. */
  const partner = (tile: Layout.Tile): Layout.Block => {
    const theirs = other!.type.shape
    const whole = (axis: number) => theirs[axis] === 1 || axis === there.free || (axis !== there.inner && mine!.type.shape[axis] === 1)
    const of = (axis: number) => (axis === there.inner ? here.inner : axis)
    return {
      start: theirs.map((_, axis) => (whole(axis) ? 0 : tile.start[of(axis)]!)),
      shape: theirs.map((extent, axis) => (whole(axis) ? extent : tile.shape[of(axis)]!))
    }
  }
  const free = ours === 0 ? rank - 2 : rank - 1
  return partials(cx, node.type, {
    layout,
    over: [here.inner],
    specs: node.type.shape.map((extent, axis) =>
      axis === free ? { from: here.free } : axis >= rank - 2 || mine!.type.shape[axis] !== extent ? { size: extent } : { from: axis }
    ),
    op: "Add",
    each: (tile) => {
      const [m, n] = [cx.read(mine!, tile, tile.core), cx.read(other!, partner(tile), tile.core)]
      return cx.like(tile.core, node, ours === 0 ? [m, n] : [n, m])
    }
  })
}

/** @category rules @since 0.1.0 */
export const productRules: CutRules = { MatMul: matMul }
