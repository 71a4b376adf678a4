/**
 * Images read at computed places: crops, projective transforms, rotations. Images are NHWC.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { Emit } from "../Emit.ts"
import { kernel, type Kernel } from "./kernel.ts"

type Extents = readonly [number, number, number, number]

const extents = (c: Emit, x: NodeId): Extents => c.shape(x) as Extents // tfjs has checked the rank

const f32 = (c: Emit, x: number) => c.scalar("float32", x)

/** To the nearest whole number, halves up: what `Math.round` does. */
const round = (c: Emit, x: NodeId) => c.unary("Floor", c.add2(x, f32(c, 0.5)))

const clamp = (c: Emit, x: NodeId, high: number) => c.arithmetic("Min", c.arithmetic("Max", x, c.like(x, 0)), c.like(x, high))

const within = (c: Emit, x: NodeId, high: number) =>
  c.logical("And", c.compare("GreaterEqual", x, c.like(x, 0)), c.compare("LessEqual", x, c.like(x, high)))

/** `[…]` to `[…, 1]`, against the channels. */
const perPixel = (c: Emit, x: NodeId) => c.reshape(x, [...c.shape(x), 1])

/** Pixels `[…, channels]` at whole float coordinates, which are brought into the image first; `batch: int32`. */
const pixels = (c: Emit, image: NodeId, batch: NodeId, y: NodeId, x: NodeId): NodeId => {
  const [n, h, w, channels] = extents(c, image)
  const at = (node: NodeId, extent: number) => c.cast(clamp(c, node, extent - 1), "int32")
  const row = c.add2(c.mul(batch, c.scalar("int32", h)), at(y, h))
  const flat = c.add2(c.mul(row, c.scalar("int32", w)), at(x, w))
  return c.add("Gather", [c.reshape(image, [n * h * w, channels]), flat], { axis: 0 })
}

/** 0, 1, … as float32 of the shape `[extent, 1…]`. */
const count = (c: Emit, extent: number, ...rest: ReadonlyArray<number>): NodeId =>
  c.constant(
    Float32Array.from({ length: extent }, (_, i) => i),
    [extent, ...rest]
  )

/** Between `a` and `b`, by `t` in `0 … 1`. */
const between = (c: Emit, a: NodeId, b: NodeId, t: NodeId) => c.add2(a, c.mul(c.sub(b, a), t))

interface CropAttrs {
  readonly cropSize: readonly [number, number]
  readonly method: "bilinear" | "nearest"
  readonly extrapolationValue: number
}

/**
 * Coordinates `[boxes, size]` in pixels, from normalised ends `[boxes, 1]`. Written as a mean of both ends, so that the last one
 * is exactly the end: in float32 the sum of steps would leave the image by a rounding.
 */
const cropCoordinates = (c: Emit, from: NodeId, to: NodeId, size: number, extent: number): NodeId => {
  const t = Float32Array.from({ length: size }, (_, i) => (size > 1 ? i / (size - 1) : 0.5))
  const weighted = (end: NodeId, weights: Float32Array) => c.mul(end, c.constant(weights, [size]))
  const mean = c.add2(
    weighted(
      from,
      t.map((x) => 1 - x)
    ),
    weighted(to, t)
  )
  return c.mul(mean, f32(c, extent - 1))
}

const bilinearCrop = (c: Emit, image: NodeId, batch: NodeId, y: NodeId, x: NodeId): NodeId => {
  const [top, left] = [c.unary("Floor", y), c.unary("Floor", x)]
  const [bottom, right] = [c.unary("Ceil", y), c.unary("Ceil", x)]
  const [down, across] = [perPixel(c, c.sub(y, top)), perPixel(c, c.sub(x, left))]
  const row = (at: NodeId) => between(c, pixels(c, image, batch, at, left), pixels(c, image, batch, at, right), across)
  return between(c, row(top), row(bottom), down)
}

const cropAndResize = (c: Emit, image: NodeId, boxes: NodeId, boxInd: NodeId, a: CropAttrs): NodeId => {
  const [n, h, w] = extents(c, image)
  const [rows, columns] = a.cropSize
  const boxCount = c.shape(boxes)[0]!
  const side = (i: number) => c.sliceAxis(boxes, 1, i, 1)
  const y = c.reshape(cropCoordinates(c, side(0), side(2), rows, h), [boxCount, rows, 1])
  const x = c.reshape(cropCoordinates(c, side(1), side(3), columns, w), [boxCount, 1, columns])
  const batch = c.reshape(boxInd, [boxCount, 1, 1])
  const known = clamp(c, batch, n - 1)
  const crops = a.method === "bilinear" ? bilinearCrop(c, image, known, y, x) : pixels(c, image, known, round(c, y), round(c, x))
  const inside = perPixel(c, c.logical("And", within(c, y, h - 1), within(c, x, w - 1)))
  const filled = c.select(inside, crops, f32(c, a.extrapolationValue))
  // a box of an image that is not there is black
  return c.select(perPixel(c, c.compare("Less", batch, c.scalar("int32", n))), filled, f32(c, 0))
}

type FillMode = "constant" | "reflect" | "wrap" | "nearest"

/** Whole part of what is not negative. */
const wholePart = (c: Emit, x: NodeId, unit: number) => c.unary("Floor", c.div(x, f32(c, unit)))

/** `dcba|abcd|dcba` */
const reflected = (c: Emit, x: NodeId, extent: number): NodeId => {
  const period = f32(c, 2 * extent)
  const raised = c.add2(x, c.mul(period, wholePart(c, c.unary("Neg", x), 2 * extent)))
  const below = c.select(c.compare("Less", raised, f32(c, -extent)), c.add2(raised, period), c.sub(c.unary("Neg", raised), f32(c, 1)))
  const lowered = c.sub(x, c.mul(period, wholePart(c, x, 2 * extent)))
  const above = c.select(c.compare("GreaterEqual", lowered, f32(c, extent)), c.sub(f32(c, 2 * extent - 1), lowered), lowered)
  return c.select(c.compare("Less", x, f32(c, 0)), below, c.select(c.compare("Greater", x, f32(c, extent - 1)), above, x))
}

/** `abcd|abcd|abcd`; the period of the original is one pixel short, which is kept. */
const wrapped = (c: Emit, x: NodeId, extent: number): NodeId => {
  const whole = (node: NodeId) => c.mul(wholePart(c, node, extent - 1), f32(c, extent))
  const below = c.add2(c.add2(x, whole(c.unary("Neg", x))), f32(c, extent))
  const above = c.sub(x, whole(x))
  return c.select(c.compare("Less", x, f32(c, 0)), below, c.select(c.compare("Greater", x, f32(c, extent - 1)), above, x))
}

/** Coordinates beyond the image brought into it, as the mode says (TensorFlow's `image_ops.h`). */
const mapped = (c: Emit, x: NodeId, extent: number, mode: FillMode): NodeId => {
  if (mode === "constant") return x
  if (mode === "nearest" || extent <= 1) return clamp(c, x, extent - 1)
  return clamp(c, mode === "reflect" ? reflected(c, x, extent) : wrapped(c, x, extent), extent - 1)
}

interface TransformAttrs {
  readonly interpolation: "nearest" | "bilinear"
  readonly fillMode: FillMode
  readonly fillValue: number
  readonly outputShape?: readonly [number, number] | null
}

/** `(a x + b y + c) / (g x + h y + 1)` and the other one, `[n, h, w]`; 0 where that divisor is 0, which `defined` tells. */
const projected = (c: Emit, transforms: NodeId, rows: number, columns: number) => {
  const n = c.shape(transforms)[0]!
  const t = (i: number) => c.reshape(c.sliceAxis(transforms, 1, i, 1), [n, 1, 1])
  const [x, y] = [count(c, columns), count(c, rows, 1)]
  const plane = (i: number, offset: NodeId) => c.add2(c.add2(c.mul(t(i), x), c.mul(t(i + 1), y)), offset)
  const projection = plane(6, f32(c, 1))
  const defined = c.compare("NotEqual", projection, f32(c, 0))
  const divisor = c.select(defined, projection, f32(c, 1))
  return { x: c.div(plane(0, t(2)), divisor), y: c.div(plane(3, t(5)), divisor), defined }
}

const transform = (c: Emit, image: NodeId, transforms: NodeId, a: TransformAttrs): NodeId => {
  const [n, h, w] = extents(c, image)
  const [rows, columns] = a.outputShape ?? [h, w]
  const place = projected(c, transforms, rows, columns)
  const all = [n, rows, columns]
  const x = c.broadcast(mapped(c, place.x, w, a.fillMode), all)
  const y = c.broadcast(mapped(c, place.y, h, a.fillMode), all)
  const batch = c.add("Iota", [], { dtype: "int32", shape: all, axis: 0 })
  const fill = f32(c, a.fillValue)
  const read = (row: NodeId, column: NodeId) => {
    const inside = c.logical("And", within(c, row, h - 1), within(c, column, w - 1))
    return c.select(perPixel(c, inside), pixels(c, image, batch, row, column), fill)
  }
  const value = () => {
    if (a.interpolation === "nearest") return read(round(c, y), round(c, x))
    const [top, left] = [c.unary("Floor", y), c.unary("Floor", x)]
    const [bottom, right] = [c.add2(top, f32(c, 1)), c.add2(left, f32(c, 1))]
    const [down, across] = [perPixel(c, c.sub(y, top)), perPixel(c, c.sub(x, left))]
    const weighted = (row: NodeId) => c.add2(c.mul(c.sub(f32(c, 1), across), read(row, left)), c.mul(across, read(row, right)))
    return c.add2(c.mul(c.sub(f32(c, 1), down), weighted(top)), c.mul(down, weighted(bottom)))
  }
  return c.select(perPixel(c, c.broadcast(place.defined, all)), value(), fill)
}

interface RotateAttrs {
  readonly radians: number
  readonly fillValue: number | readonly [number, number, number]
  readonly center: number | [number, number]
}

/** The angle is a number of the host, so where each pixel comes from is a constant: -1 from outside. */
const rotation = (h: number, w: number, { radians, center }: RotateAttrs): Int32Array => {
  const [centerX, centerY] = tf.backend_util.getImageCenter(center, h, w)
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)]
  return Int32Array.from({ length: h * w }, (_, i) => {
    const [dx, dy] = [(i % w) - centerX, Math.floor(i / w) - centerY]
    const x = Math.round(dx * cos - dy * sin + centerX)
    const y = Math.round(dx * sin + dy * cos + centerY)
    return x >= 0 && x < w && y >= 0 && y < h ? y * w + x : -1
  })
}

const rotate = (c: Emit, image: NodeId, a: RotateAttrs): NodeId => {
  const [n, h, w, channels] = extents(c, image)
  const from = rotation(h, w, a)
  const taken = c.add(
    "Gather",
    [
      c.reshape(image, [n, h * w, channels]),
      c.constant(
        from.map((i) => Math.max(i, 0)),
        [h * w]
      )
    ],
    { axis: 1 }
  )
  const inside = c.constant(
    Uint8Array.from(from, (i) => (i < 0 ? 0 : 1)),
    [h * w, 1]
  )
  const { fillValue } = a
  // a fourth channel is opacity
  const fill = Float32Array.from({ length: channels }, (_, k) => (typeof fillValue === "number" ? fillValue : (fillValue[k] ?? 255)))
  return c.reshape(c.select(inside, taken, c.constant(fill, [channels])), [n, h, w, channels])
}

export const warps: ReadonlyArray<Kernel> = [
  kernel<{ readonly image: tf.TensorInfo; readonly boxes: tf.TensorInfo; readonly boxInd: tf.TensorInfo }, CropAttrs>(
    "CropAndResize",
    (c, { image, boxes, boxInd }, a) => cropAndResize(c, c.float(c.of(image)), c.float(c.of(boxes)), c.cast(c.of(boxInd), "int32"), a)
  ),
  kernel<{ readonly image: tf.TensorInfo; readonly transforms: tf.TensorInfo }, TransformAttrs>("Transform", (c, { image, transforms }, a) => {
    const node = c.of(image)
    return c.cast(transform(c, c.float(node), c.float(c.of(transforms)), a), c.dtype(node))
  }),
  kernel<{ readonly image: tf.TensorInfo }, RotateAttrs>("RotateWithOffset", (c, { image }, a) => {
    const node = c.of(image)
    return c.cast(rotate(c, c.float(node), a), c.dtype(node))
  })
]
