/**
 * Padding of images and dilation of filters, as elements of their own.
 *
 * @since 0.1.0
 */
import type { ConvAttrs, Padding2d } from "../../../../domain/graph/ops.ts"
import type { Shape } from "../../../../domain/Tensor.ts"
import type { Emitter } from "./Emitter.ts"
import { pad, strided } from "./structure.ts"

interface Padded {
  readonly padding: Padding2d
}

/** @category rules @since 0.1.0 */
export const isDilated = ({ dilations }: ConvAttrs) => dilations.some((d) => d > 1)

/** Height and width with so many zeros between the elements. @category rules @since 0.1.0 */
export const spreadShape = ([h, w, i, o]: Shape, { dilations }: ConvAttrs): Shape => [
  (h! - 1) * dilations[0] + 1,
  (w! - 1) * dilations[1] + 1,
  i!,
  o!
]

/**
 * `filter` with zeros between its elements: every row gets zero rows after it, every column zero columns, and the last ones go.
 *
 * @category rules
 * @since 0.1.0
 */
export const spread = (e: Emitter, filter: string, shape: Shape, attrs: ConvAttrs): string => {
  if (!isDilated(attrs)) return filter
  const [h, w, i, o] = shape as readonly [number, number, number, number] // rank 4 by the type rule
  const [dh, dw] = attrs.dilations
  const apart = pad(
    e,
    e.reshape(filter, "float32", [h, 1, w, 1, i * o]),
    "float32",
    [
      [0, 0],
      [0, dh - 1],
      [0, 0],
      [0, dw - 1],
      [0, 0]
    ],
    0
  )
  return strided(e, e.reshape(apart, "float32", [h * dh, w * dw, i, o]), "float32", [0, 0, 0, 0], spreadShape(shape, attrs), [1, 1, 1, 1])
}

/** The image with its padding around it. @category rules @since 0.1.0 */
export const around = (e: Emitter, x: string, { padding }: Padded, value: number): string => pad(e, x, "float32", [[0, 0], ...padding, [0, 0]], value)

/** @category rules @since 0.1.0 */
export const paddedShape = ([n, h, w, c]: Shape, { padding: [rows, columns] }: Padded): Shape => [
  n!,
  h! + rows[0] + rows[1],
  w! + columns[0] + columns[1],
  c!
]

/** What `around` added is cut off. @category rules @since 0.1.0 */
export const inside = (e: Emitter, x: string, shape: Shape, { padding }: Padded): string =>
  padding.flat().every((n) => n === 0) ? x : strided(e, x, "float32", [0, padding[0][0], padding[1][0], 0], shape, [1, 1, 1, 1])
