/**
 * The messages of an event file (tensorflow/core/util/event.proto and framework/summary.proto; tensorboard/plugins/hparams).
 * Scalars, histograms and images are written as the first version of summaries has them, which every reader takes.
 *
 * @since 0.1.0
 */
import { Writer } from "../../../domain/Protobuf.ts"
import type { Histogram, Image, Summary } from "../../../domain/Summary.ts"
import { encodePng } from "./png.ts"

const encoder = new TextEncoder()

/** An `Event` of this time (seconds) and step; `body` writes its `what`. */
const event = (seconds: number, step: number, body: (out: Writer) => Writer): Uint8Array =>
  body(new Writer().double(1, seconds).int(2, step)).finish()

/** The first record of every file. @category constructors @since 0.1.0 */
export const fileVersion = (seconds: number): Uint8Array =>
  event(seconds, 0, (out) => out.string(3, "brain.Event:2").message(10, new Writer().string(1, "effect-estimator")))

/** What was written before for this step and later ones is of a run that was cut off: readers drop it. @category constructors @since 0.1.0 */
export const sessionStart = (seconds: number, step: number): Uint8Array => event(seconds, step, (out) => out.message(7, new Writer().int(1, 1)))

/** @category constructors @since 0.1.0 */
export const sessionCheckpoint = (seconds: number, step: number, path: string): Uint8Array =>
  event(seconds, step, (out) => out.message(7, new Writer().int(1, 3).string(2, path)))

/** `graph`: the bytes of a GraphDef. @category constructors @since 0.1.0 */
export const graph = (seconds: number, graphDef: Uint8Array): Uint8Array => event(seconds, 0, (out) => out.bytes(4, graphDef))

type Value = (value: Writer) => Writer

const summary = (seconds: number, step: number, values: ReadonlyArray<readonly [tag: string, body: Value]>): Uint8Array =>
  event(seconds, step, (out) => {
    const all = new Writer(256)
    for (const [tag, body] of values) all.message(1, body(new Writer().string(1, tag)))
    return out.message(5, all)
  })

const pluginData = (name: string, content: Uint8Array, dataClass: number): Writer =>
  new Writer().message(1, new Writer().string(1, name).bytes(2, content)).int(4, dataClass)

const tensorClass = 2

const histogramOf = ({ count, counts, limits, max, min, sum, sumSquares }: Histogram): Writer =>
  new Writer().double(1, min).double(2, max).double(3, count).double(4, sum).double(5, sumSquares).doubles(6, limits).doubles(7, counts)

const imageOf = (image: Image): Writer => new Writer().int(1, image.height).int(2, image.width).int(3, image.channels).bytes(4, encodePng(image))

/** A string tensor `[n]`, or a scalar where it is one. */
const textOf = (texts: ReadonlyArray<string>): Writer => {
  const shape = new Writer()
  if (texts.length !== 1) shape.message(2, new Writer().int(1, texts.length))
  const tensor = new Writer(256).int(1, 7).message(2, shape)
  for (const text of texts) tensor.bytes(8, encoder.encode(text))
  return tensor
}

const valuesOf = (one: Summary): ReadonlyArray<readonly [tag: string, body: Value]> => {
  switch (one._tag) {
    case "Scalar":
      return [[one.name, (value) => value.float(2, one.value)]]
    case "Histogram":
      // nothing finite has no place on an axis
      return one.histogram.count === 0 ? [] : [[one.name, (value) => value.message(5, histogramOf(one.histogram))]]
    case "Image":
      return one.images.map((image, i) => [one.images.length === 1 ? one.name : `${one.name}/${i}`, (value) => value.message(4, imageOf(image))])
    case "Text":
      return [[one.name, (value) => value.message(8, textOf(one.texts)).message(9, pluginData("text", new Uint8Array(0), tensorClass))]]
  }
}

/** `undefined` where there is nothing to be seen. @category constructors @since 0.1.0 */
export const summaries = (seconds: number, step: number, all: ReadonlyArray<Summary>): Uint8Array | undefined => {
  const values = all.flatMap(valuesOf)
  return values.length === 0 ? undefined : summary(seconds, step, values)
}

/** The tensor of summaries that say all in their plugin data: float32 `[1]`, 0. */
const noTensor = (): Writer =>
  new Writer()
    .int(1, 1)
    .message(2, new Writer().message(2, new Writer().int(1, 1)))
    .float(5, 0)

const hparams = (seconds: number, tag: string, content: Writer): Uint8Array =>
  summary(seconds, 0, [
    [`_hparams_/${tag}`, (value) => value.message(8, noTensor()).message(9, pluginData("hparams", content.finish(), tensorClass))]
  ])

/** google.protobuf.Value */
const settingOf = (value: number | string | boolean): Writer =>
  typeof value === "number" ? new Writer().double(2, value) : typeof value === "string" ? new Writer().string(3, value) : boolean(4, value)

const boolean = (field: number, value: boolean): Writer => new Writer().int(field, value ? 1 : 0)

/** The hyperparameters of a run that begins. @category constructors @since 0.1.0 */
export const hparamsStart = (seconds: number, group: string, settings: { readonly [name: string]: number | string | boolean }): Uint8Array => {
  const start = new Writer(256)
  for (const [name, value] of Object.entries(settings)) start.message(1, new Writer().string(1, name).message(2, settingOf(value)))
  start.string(4, group).double(5, seconds)
  return hparams(seconds, "session_start_info", new Writer().message(3, start))
}

/** @category constructors @since 0.1.0 */
export const hparamsEnd = (seconds: number, success: boolean): Uint8Array =>
  hparams(seconds, "session_end_info", new Writer().message(4, new Writer().int(1, success ? 1 : 2).double(2, seconds)))
