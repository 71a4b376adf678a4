/**
 * How a value lies on the cores of a replica: cut along its axes into tiles, each on one core.
 *
 * @since 0.1.0
 */
import { blocksOf, splitSizes } from "../../deployment/partition.ts"
import { sameShape, type Shape, stridesOf } from "../../Tensor.ts"

/**
 * A grid of at least two tiles. Parts without elements are not in it, so cores without a tile have nothing to do. A value
 * without a layout is whole, on every core.
 *
 * @category models
 * @since 0.1.0
 */
export interface Layout {
  /** Extents of the parts along each axis, all at least 1. */
  readonly sizes: ReadonlyArray<ReadonlyArray<number>>
  /** The core of each tile, in row-major order over the axes. */
  readonly cores: ReadonlyArray<number>
}

/** A block of a tensor. @category models @since 0.1.0 */
export interface Block {
  readonly start: ReadonlyArray<number>
  readonly shape: Shape
}

/** A block on its core. @category models @since 0.1.0 */
export interface Tile extends Block {
  /** Which part along each axis. */
  readonly at: ReadonlyArray<number>
  readonly core: number
}

const countsOf = (sizes: Layout["sizes"]): ReadonlyArray<number> => sizes.map((parts) => parts.length)

/** All index tuples below the counts, in row-major order. */
const indices = (counts: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> =>
  counts.reduce<ReadonlyArray<ReadonlyArray<number>>>(
    (found, count) => found.flatMap((at) => Array.from({ length: count }, (_, i) => [...at, i])),
    [[]]
  )

const flat = (at: ReadonlyArray<number>, counts: ReadonlyArray<number>): number => {
  const strides = stridesOf(counts)
  return at.reduce((sum, i, axis) => sum + i * strides[axis]!, 0)
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((a, b) => a + b, 0)

/** A grid of which parts may be empty; `undefined` (whole) where no two tiles have elements. @category constructors @since 0.1.0 */
export const make = (sizes: Layout["sizes"], cores: ReadonlyArray<number>): Layout | undefined => {
  const counts = countsOf(sizes)
  const kept = cores.filter((_, i) => {
    const strides = stridesOf(counts)
    return sizes.every((parts, axis) => parts[Math.floor(i / strides[axis]!) % parts.length] !== 0)
  })
  return kept.length < 2 ? undefined : { sizes: sizes.map((parts) => parts.filter((n) => n > 0)), cores: kept }
}

/** The layout of a leaf that is cut into `dims` parts: block i, in row-major order, is on core i. @category constructors @since 0.1.0 */
export const ofDims = (shape: Shape, dims: ReadonlyArray<number>): Layout | undefined =>
  make(
    shape.map((extent, axis) => splitSizes(extent, dims[axis]!)),
    blocksOf(shape, dims).map((_, core) => core)
  )

/** The tiles in row-major order. @category rules @since 0.1.0 */
export const tilesOf = ({ cores, sizes }: Layout): ReadonlyArray<Tile> =>
  indices(countsOf(sizes)).map((at, i) => ({
    at,
    core: cores[i]!,
    start: at.map((part, axis) => sum(sizes[axis]!.slice(0, part))),
    shape: at.map((part, axis) => sizes[axis]![part]!)
  }))

/** Where in `tilesOf` the tile with these parts is. @category rules @since 0.1.0 */
export const indexOf = ({ sizes }: Layout, at: ReadonlyArray<number>): number => flat(at, countsOf(sizes))

/** Whether the axis is in more than one part. @category rules @since 0.1.0 */
export const isCut = ({ sizes }: Layout, axis: number): boolean => sizes[axis]!.length > 1

/** @category rules @since 0.1.0 */
export const cutAxes = (layout: Layout): ReadonlyArray<number> => layout.sizes.flatMap((parts, axis) => (parts.length > 1 ? [axis] : []))

/** @category rules @since 0.1.0 */
export const same = (a: Layout | undefined, b: Layout | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    a.sizes.length === b.sizes.length &&
    a.sizes.every((parts, axis) => sameShape(parts, b.sizes[axis]!)) &&
    sameShape(a.cores, b.cores))

/** One axis of a layout made from another: an axis of that one (its parts, or as many of other sizes), or one that is in one part. @category models @since 0.1.0 */
export type AxisSpec = { readonly from: number; readonly sizes?: ReadonlyArray<number> } | { readonly size: number }

/**
 * The layout with these axes, tiles staying on their cores. An axis that no spec names must be in one part, or its other
 * parts are dropped: of several tiles that become one, the first one's core has it. Sizes may be 0.
 *
 * @category rules
 * @since 0.1.0
 */
export const arrange = (layout: Layout, specs: ReadonlyArray<AxisSpec>): Layout | undefined => {
  const sizes = specs.map((spec) => ("from" in spec ? (spec.sizes ?? layout.sizes[spec.from]!) : [spec.size]))
  const cores = indices(countsOf(sizes)).map((at) => {
    const old = layout.sizes.map(() => 0)
    specs.forEach((spec, axis) => {
      if ("from" in spec) old[spec.from] = at[axis]!
    })
    return layout.cores[indexOf(layout, old)]!
  })
  return make(sizes, cores)
}

/** The layout with these axes in one part each. @category rules @since 0.1.0 */
export const join = (layout: Layout, axes: ReadonlyArray<number>): Layout | undefined =>
  arrange(
    layout,
    layout.sizes.map((parts, axis) => (axes.includes(axis) ? { size: sum(parts) } : { from: axis }))
  )

/** The layout with the parts along these axes in the opposite order, each on the core it was on. @category rules @since 0.1.0 */
export const mirror = (layout: Layout, axes: ReadonlyArray<number>): Layout => {
  const turned = (at: ReadonlyArray<number>) => at.map((part, axis) => (axes.includes(axis) ? layout.sizes[axis]!.length - 1 - part : part))
  return {
    sizes: layout.sizes.map((parts, axis) => (axes.includes(axis) ? parts.toReversed() : parts)),
    cores: indices(countsOf(layout.sizes)).map((at) => layout.cores[indexOf(layout, turned(at))]!)
  }
}

/** The tiles in groups that differ on these axes only, in the order of the tiles of `join`. @category rules @since 0.1.0 */
export const groups = (layout: Layout, axes: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<Tile>> => {
  const found = new Map<string, Array<Tile>>()
  for (const tile of tilesOf(layout)) {
    const key = tile.at.filter((_, axis) => !axes.includes(axis)).join()
    const group = found.get(key)
    if (group === undefined) found.set(key, [tile])
    else group.push(tile)
  }
  return [...found.values()]
}

/** Where each part of an axis begins, and where the last one ends. @category rules @since 0.1.0 */
export const edges = (parts: ReadonlyArray<number>): ReadonlyArray<number> => [0, ...parts.map((_, i) => sum(parts.slice(0, i + 1)))]
