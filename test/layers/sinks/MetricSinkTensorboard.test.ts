import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inflateSync } from "node:zlib"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import type { RunEvent } from "../../../src/domain/Events.ts"
import * as Summary from "../../../src/domain/Summary.ts"
import { make as tensor } from "../../../src/domain/Tensor.ts"
import * as MetricSinkTensorboard from "../../../src/layers/sinks/MetricSinkTensorboard.ts"
import { encodePng } from "../../../src/layers/sinks/tensorboard/png.ts"
import { doubles, field, fields, readEvents, scalarOf, string } from "./eventFile.ts"

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "events-"))),
  (dir) => Effect.sync(() => rmSync(dir, { recursive: true, force: true }))
)
const feed = (events: ReadonlyArray<RunEvent>, dir: string | undefined, options?: MetricSinkTensorboard.Options) =>
  Effect.scoped(Effect.flatMap(MetricSinkTensorboard.make(options).open(dir), (write) => Effect.forEach(events, write, { discard: true })))

const begin = (mode: string, step: number, more: object = {}): RunEvent => ({
  event: "begin",
  mode,
  engine: "reference",
  replicas: 1,
  step,
  time: "2026-01-01T00:00:00Z",
  ...more
})
const progress = { ppl: 2, bpc: 1 }
const train = (step: number, loss: number, stepsPerSec = 4): RunEvent => ({
  event: "train",
  step,
  loss,
  ...progress,
  stepsPerSec,
  examplesPerSec: 8,
  tokensPerSec: 0
})
const end = (reason: "done" | "failed"): RunEvent => ({ event: "end", mode: "train", step: 4, reason })

const scalarsIn = (dir: string) =>
  readEvents(dir).flatMap(({ values }) => values.flatMap((v) => (scalarOf(v) === undefined ? [] : [[v.step, v.tag, scalarOf(v)]])))

describe("MetricSinkTensorboard", () => {
  it.effect("training in the model directory, evaluations below it; rates once they are known; one value for a name and step", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      yield* TestClock.setTime(1_700_000_000_500)
      const loss: RunEvent = { event: "summary", step: 2, scalars: { loss: 0.5, extra: 3 } }
      yield* feed([begin("train", 0), train(1, 1, NaN), train(2, 0.5), loss], dir)
      yield* feed([begin("evaluate", 4), { event: "eval", step: 4, loss: 0.25, ...progress, examples: 9, metrics: { accuracy: 0.75 } }], dir)
      yield* feed([begin("evaluate", 4, { name: "test" }), { event: "summary", step: 4, scalars: { x: 1 } }], dir)
      assert.deepStrictEqual(scalarsIn(dir), [
        [1, "loss", 1],
        [1, "ppl", 2],
        [1, "bpc", 1],
        [1, "examples/sec", 8],
        [2, "loss", 0.5],
        [2, "ppl", 2],
        [2, "bpc", 1],
        [2, "global_step/sec", 4],
        [2, "examples/sec", 8],
        [2, "extra", 3]
      ])
      assert.deepStrictEqual(scalarsIn(join(dir, "eval")), [
        [4, "loss", 0.25],
        [4, "ppl", 2],
        [4, "bpc", 1],
        [4, "accuracy", 0.75]
      ])
      assert.deepStrictEqual(scalarsIn(join(dir, "eval_test")), [[4, "x", 1]])
      const [{ events, name }] = readEvents(dir) as [ReturnType<typeof readEvents>[number]]
      assert.match(name, /^events\.out\.tfevents\.1700000000\..+\.\d{6}\.v2$/)
      assert.strictEqual(string(events[0]!, 3), "brain.Event:2")
      assert.deepStrictEqual(doubles(field(events[0]!, 1)!.bytes), [1_700_000_000.5])
    })
  )

  it.effect("hooks in an evaluation tell of many batches at its one step, and the evaluation's own values come last", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const hooked = (batches: number, loss: number): RunEvent => ({ event: "summary", mode: "evaluate", step: 4, batches, scalars: { loss } })
      const result: RunEvent = { event: "eval", step: 4, loss: 0.25, ...progress, examples: 9, metrics: {} }
      yield* feed([begin("evaluate", 4), hooked(32, 1), hooked(64, 2), hooked(64, 3), result], dir)
      assert.deepStrictEqual(
        scalarsIn(join(dir, "eval")).filter(([, name]) => name === "loss"),
        [1, 2, 0.25].map((loss) => [4, "loss", loss])
      )
    })
  )

  it.effect("what a predictor says, whose calls do not begin, is kept apart from training", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      yield* feed(
        [
          { event: "compile", mode: "predict", nodes: 3, millis: 1 },
          { event: "summary", step: 4, scalars: { x: 1 } }
        ],
        dir
      )
      assert.deepStrictEqual(readdirSync(dir), ["predict"])
      assert.deepStrictEqual(scalarsIn(join(dir, "predict")), [[4, "x", 1]])
    })
  )

  it.effect("a run that goes on: what was written after the step it goes on from is to be dropped; each in a file that sorts later", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      for (let i = 0; i < 12; i++) yield* feed([begin("train", 4), { event: "checkpoint", step: 6, file: "m/model.ckpt-6", millis: 1 }], dir)
      const files = readEvents(dir)
      assert.strictEqual(files.length, 12)
      const numbers = files.map(({ name }) => Number(/\.(\d{6})\.v2$/.exec(name)![1]))
      assert.deepStrictEqual(
        numbers,
        [...numbers].sort((a, b) => a - b)
      )
      const logs = files[0]!.events.flatMap((event) =>
        fields(event, 7).map(({ bytes }) => [field(event, 2)!.value, field(bytes, 1)!.value, string(bytes, 2)])
      )
      assert.deepStrictEqual(logs, [
        [5, 1, undefined],
        [6, 3, "m/model.ckpt-6"]
      ])
    })
  )

  it.effect("histograms, images and texts", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const pixels = tensor(
        Float32Array.from({ length: 24 }, (_, i) => i / 12 - 0.25),
        [2, 2, 2, 3]
      )
      const event = Summary.toEvent(3, [
        Summary.histogram("weights", Float32Array.of(0, 1, 2, 2, NaN, 4), { buckets: 4 }),
        Summary.histogram("nothing", Float32Array.of(NaN)),
        Summary.image("pictures", pixels),
        Summary.text("notes", ["*one*", "two"]),
        Summary.text("note", "é"),
        Summary.scalar("mean", tensor(Float32Array.of(1, 2), [2]))
      ])
      yield* feed([begin("train", 0), event], dir)
      const values = readEvents(dir)[0]!.values
      assert.deepStrictEqual(
        values.map(({ step, tag }) => [step, tag]),
        ["mean", "weights", "pictures/0", "pictures/1", "notes", "note"].map((tag) => [3, tag])
      )
      const messageOf = (tag: string, number: number) => field(values.find((v) => v.tag === tag)!.message, number)!.bytes
      const histogram = messageOf("weights", 5)
      assert.deepStrictEqual(
        [1, 2, 3, 4, 5].map((n) => doubles(field(histogram, n)!.bytes)[0]),
        [0, 4, 5, 9, 25]
      )
      assert.deepStrictEqual(doubles(field(histogram, 6)!.bytes), [1, 2, 3, 4])
      assert.deepStrictEqual(doubles(field(histogram, 7)!.bytes), [1, 1, 2, 1])
      const image = messageOf("pictures/1", 4)
      assert.deepStrictEqual(
        [1, 2, 3].map((n) => field(image, n)!.value),
        [2, 2, 3]
      )
      const notes = messageOf("notes", 8)
      assert.deepStrictEqual(
        fields(notes, 8).map(({ bytes }) => new TextDecoder().decode(bytes)),
        ["*one*", "two"]
      )
      assert.deepStrictEqual(new TextDecoder().decode(field(messageOf("note", 8), 8)!.bytes), "é")
      assert.strictEqual(string(field(messageOf("note", 9), 1)!.bytes, 1), "text")
    })
  )

  it.effect("the estimator's params, or others, are the run's hyperparameters, with how it ended", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const params = { rate: 0.5, name: "a", fast: false }
      yield* feed([begin("train", 0, { params }), end("failed")], dir)
      const [{ values }] = readEvents(dir) as [ReturnType<typeof readEvents>[number]]
      assert.deepStrictEqual(
        values.map(({ tag }) => tag),
        ["_hparams_/session_start_info", "_hparams_/session_end_info"]
      )
      const content = ({ message }: (typeof values)[number]) => field(field(field(message, 9)!.bytes, 1)!.bytes, 2)!.bytes
      const settings = fields(field(content(values[0]!), 3)!.bytes, 1).map(({ bytes }) => [string(bytes, 1), field(bytes, 2)!.bytes] as const)
      assert.deepStrictEqual(
        settings.map(([name]) => name),
        ["rate", "name", "fast"]
      )
      assert.deepStrictEqual(doubles(field(settings[0]![1], 2)!.bytes), [0.5])
      assert.strictEqual(field(settings[2]![1], 4)!.value, 0)
      assert.strictEqual(field(field(content(values[1]!), 4)!.bytes, 1)!.value, 2)
      const other = join(dir, "other")
      yield* feed([begin("train", 0, { params }), end("done")], dir, { directory: other, hparams: {} })
      assert.deepStrictEqual(readEvents(other)[0]!.values, [])
    })
  )

  it.effect("the compiled step as a graph, grouped by source line", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const b = Builder.make()
      const w = b.parameter("layer/w", { _tag: "State", kind: "variable", trainable: true }, { dtype: "float32", shape: [2, 3] })
      const x = b.parameter("features", { _tag: "Batch" }, { dtype: "float32", shape: [4, 2] })
      const product = b.add("MatMul", [x, w], { transposeA: false, transposeB: false }, "a/my model.ts:7:3")
      b.output("layer/w", { _tag: "State" }, w)
      b.output("y", { _tag: "Outfeed" }, product)
      yield* feed([begin("train", 0), { event: "graph", mode: "train", graph: b.build() }], dir)
      yield* feed([begin("predict", 0), { event: "graph", mode: "predict", graph: b.build() }], join(dir, "none"))
      const event = readEvents(dir)[0]!.events.find((message) => field(message, 4) !== undefined)!
      const nodes = fields(field(event, 4)!.bytes, 1).map(({ bytes }) => ({
        name: string(bytes, 1),
        op: string(bytes, 2),
        inputs: fields(bytes, 3).map((f) => new TextDecoder().decode(f.bytes))
      }))
      assert.deepStrictEqual(nodes, [
        { name: "variable/layer/w", op: "Parameter", inputs: [] },
        { name: "batch/features", op: "Parameter", inputs: [] },
        { name: "my_model.ts_7/MatMul_2", op: "MatMul", inputs: ["batch/features", "variable/layer/w"] },
        { name: "out/state/layer/w", op: "State", inputs: ["variable/layer/w"] },
        { name: "out/outfeed/y", op: "Outfeed", inputs: ["my_model.ts_7/MatMul_2"] }
      ])
      assert.isFalse(existsSync(join(dir, "none")))
    })
  )

  it.effect("without a directory nothing is written; one that cannot be written is a SinkError that names it", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      yield* feed([begin("train", 0)], undefined)
      yield* feed([begin("evaluate", 0)], dir)
      assert.deepStrictEqual(readdirSync(dir), [])
      writeFileSync(join(dir, "file"), "")
      const error = yield* Effect.flip(feed([begin("train", 0)], join(dir, "file", "run")))
      assert.strictEqual(error._tag, "SinkError")
      assert.include(error.message, join(dir, "file", "run"))
    })
  )
})

describe("Summary", () => {
  it("histograms hold every finite value, also where all are equal or there are none", () => {
    const one = Summary.histogramOf([2, 2, Infinity])
    assert.deepStrictEqual([one.count, one.limits, one.counts, one.notFinite], [2, [2], [2], 1])
    const none = Summary.histogramOf([NaN])
    assert.deepStrictEqual([none.count, none.counts], [0, []])
    const many = Summary.histogramOf(Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i)))
    assert.strictEqual(
      many.counts.reduce((a, b) => a + b),
      1000
    )
    assert.strictEqual(many.limits.at(-1), many.max)
  })
  it("images are clipped, and refused in another form", () => {
    const summary = Summary.image("x", tensor(Float32Array.of(-1, 0.5, 2, NaN), [1, 2, 2, 1]))
    assert.deepStrictEqual(summary._tag === "Image" ? [...summary.images[0]!.pixels] : [], [0, 128, 255, 0])
    const integers = Summary.image("x", tensor(Int32Array.of(-1, 7, 300, 255), [1, 2, 2, 1]))
    assert.deepStrictEqual(integers._tag === "Image" ? [...integers.images[0]!.pixels] : [], [0, 7, 255, 255])
    assert.throws(() => Summary.image("x", tensor(new Float32Array(4), [2, 2])), /\[images, height, width, channels\].*got f32\[2,2\]/)
  })
  it("PNG: the pixels come back line by line", () => {
    const pixels = Uint8Array.from({ length: 24 }, (_, i) => i * 10)
    const png = Buffer.from(encodePng({ height: 3, width: 2, channels: 4, pixels }))
    assert.deepStrictEqual([png.readUInt32BE(16), png.readUInt32BE(20), png[25]], [2, 3, 6])
    const data = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)))
    assert.deepStrictEqual(
      [...data].filter((_, i) => i % 9 !== 0),
      [...pixels]
    )
  })
})
