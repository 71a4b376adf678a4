import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as NodeFs from "node:fs"
import * as NodeOs from "node:os"
import * as NodePath from "node:path"
import type { RunEvent } from "../../../src/domain/Events.ts"
import { bar, duration, lineOf, progressLine } from "../../../src/layers/sinks/consoleText.ts"
import * as MetricSinkConsole from "../../../src/layers/sinks/MetricSinkConsole.ts"
import * as MetricSinkJsonl from "../../../src/layers/sinks/MetricSinkJsonl.ts"
import * as MetricSinkMemory from "../../../src/layers/sinks/MetricSinkMemory.ts"
import { MetricSink, type Sink } from "../../../src/services/MetricSink.ts"

type Train = Extract<RunEvent, { readonly event: "train" }>
const train: Train = {
  event: "train",
  step: 500,
  loss: 1.873,
  ppl: Math.exp(1.873),
  bpc: 1.873 / Math.LN2,
  stepsPerSec: 14.1,
  examplesPerSec: 225.6,
  tokensPerSec: 14450,
  lastStep: 1600
}
const begin: RunEvent = { event: "begin", mode: "train", engine: "onnx", replicas: 1, step: 0, time: "2026-01-01T00:00:00Z" }
const evaluated: RunEvent = { event: "eval", step: 500, loss: 1, ppl: Math.E, bpc: 1 / Math.LN2, examples: 12, metrics: { accuracy: 0.5, auc: NaN } }
const saved: RunEvent = { event: "checkpoint", step: 500, file: "m/model.ckpt-500", millis: 12.4 }
const end: RunEvent = { event: "end", mode: "train", step: 1600, reason: "done" }

const feed = (sink: Sink, events: ReadonlyArray<RunEvent>, modelDir?: string) =>
  Effect.scoped(Effect.flatMap(sink.open(modelDir), (write) => Effect.forEach(events, write, { discard: true })))
const temporary = Effect.acquireRelease(
  Effect.sync(() => NodeFs.mkdtempSync(NodePath.join(NodeOs.tmpdir(), "sinks-"))),
  (dir) => Effect.sync(() => NodeFs.rmSync(dir, { recursive: true }))
)

/** A terminal just clever enough: text, newline, return to column 0, clear line. */
const screenOf = (written: string): ReadonlyArray<string> => {
  const lines = [""]
  for (const piece of written.replaceAll("\u001b[2K", "\0").match(/[\r\n]|[^ -~]|[ -~]+/g) ?? []) {
    const last = lines.length - 1
    if (piece === "\n") lines.push("")
    else if (piece === "\0") lines[last] = ""
    else if (piece !== "\r") lines[last] += piece
  }
  return lines
}

describe("console text", () => {
  it("prints each event on a line", () => {
    assert.deepStrictEqual([begin, train, evaluated, saved, end].map(lineOf), [
      "train on onnx, 1 replica, from step 0",
      "step 500/1600 loss 1.873 ppl 6.51 bpc 2.702 | 14.1 steps/s 226 ex/s 14450 tok/s | eta 1m18s",
      "eval at step 500: loss 1.000 ppl 2.72 bpc 1.443 | 12 examples | accuracy 0.5000 auc NaN",
      "checkpoint m/model.ckpt-500 (12 ms)",
      "train done at step 1600"
    ])
  })
  it("leaves out what is not known", () => {
    const { lastStep: _, ...open } = train
    assert.strictEqual(
      lineOf({ ...open, loss: NaN, ppl: NaN, bpc: NaN, tokensPerSec: 0 }),
      "step 500 loss NaN ppl NaN bpc NaN | 14.1 steps/s 226 ex/s"
    )
    assert.strictEqual(lineOf({ ...train, loss: 20, ppl: Math.exp(20), stepsPerSec: NaN }), "step 500/1600 loss 20.000 ppl 485165195 bpc 2.702")
  })
  it("says of a step that is cut over cores what comes of it", () => {
    const compiled = { event: "compile", mode: "train", nodes: 96, millis: 12 } as const
    assert.strictEqual(lineOf(compiled), "compiled train: 96 nodes in 12 ms")
    assert.strictEqual(
      lineOf({ ...compiled, cores: 4, cutNodes: 40, wholeNodes: 12, movedElements: 69280, busiestShare: 0.254 }),
      "compiled train: 96 nodes in 12 ms | 4 cores a replica: 40 nodes in parts, 12 whole, 69280 elements moved, 25 % of the work on the busiest"
    )
  })
  it("writes durations", () => assert.deepStrictEqual([0, 59.6, 78, 7500, 90000].map(duration), ["0s", "1m00s", "1m18s", "2h05m", "1d01h"]))
  it("draws a bar that fits", () => {
    assert.deepStrictEqual(
      [0, 0.5, 1, 2].map((part) => bar(part, 12)),
      ["[          ]", "[====>     ]", "[==========]", "[==========]"]
    )
    assert.strictEqual(bar(0.5, 4), "")
    for (let columns = 0; columns < 150; columns++) assert.isAtMost(progressLine(train, columns).length, Math.max(0, columns - 1))
    assert.match(progressLine(train, 120), /^\[=+> +\] step 500\/1600 /)
    assert.match(progressLine(train, 96), /^step 500/)
  })
})

describe("MetricSinkConsole", () => {
  it.effect("plain lines in a pipe", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      yield* feed(MetricSinkConsole.make({ write: (text) => written.push(text) }), [begin, train, saved])
      assert.strictEqual(written.join(""), `${[begin, train, saved].map(lineOf).join("\n")}\n`)
    })
  )
  it.effect("on a terminal one live line, notes above it", () =>
    Effect.gen(function* () {
      let written = ""
      const output = {
        isTTY: true,
        columns: 120,
        write: (text: string) => {
          written += text
        }
      }
      const later = { ...train, step: 600 }
      yield* Effect.scoped(
        Effect.gen(function* () {
          const write = yield* MetricSinkConsole.make(output).open(undefined)
          yield* write(begin)
          yield* write(train)
          assert.deepStrictEqual(screenOf(written), [lineOf(begin), progressLine(train, 120)])
          yield* write(saved)
          assert.deepStrictEqual(screenOf(written), [lineOf(begin), lineOf(saved), progressLine(train, 120)])
          output.columns = 100
          yield* write(later)
          assert.deepStrictEqual(screenOf(written), [lineOf(begin), lineOf(saved), progressLine(later, 100)])
        })
      )
      // closed without an end (a failure): the cursor stands on a line of its own
      assert.deepStrictEqual(screenOf(written), [lineOf(begin), lineOf(saved), progressLine(later, 100), ""])
    })
  )
  it.effect("the end comes below the last progress line", () =>
    Effect.gen(function* () {
      let written = ""
      yield* feed(
        MetricSinkConsole.make({
          isTTY: true,
          columns: 120,
          write: (text) => {
            written += text
          }
        }),
        [train, end, evaluated]
      )
      assert.deepStrictEqual(screenOf(written), [progressLine(train, 120), lineOf(end), lineOf(evaluated), ""])
    })
  )
  it.effect("a program within a program leaves the outer one's line where it is", () =>
    Effect.gen(function* () {
      let written = ""
      const sink = MetricSinkConsole.make({ isTTY: true, columns: 120, write: (text) => (written += text) })
      const later = { ...train, step: 600 }
      yield* Effect.scoped(
        Effect.gen(function* () {
          const write = yield* sink.open(undefined)
          yield* write(train)
          yield* Effect.scoped(Effect.flatMap(sink.open(undefined), (inner) => inner(evaluated)))
          assert.deepStrictEqual(screenOf(written), [lineOf(evaluated), progressLine(train, 120)])
          yield* write(later)
          assert.deepStrictEqual(screenOf(written), [lineOf(evaluated), progressLine(later, 120)])
        })
      )
    })
  )
  it.effect("an output that throws is a SinkError", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        feed(
          MetricSinkConsole.make({
            write: () => {
              throw new Error("EPIPE")
            }
          }),
          [begin]
        )
      )
      assert.strictEqual(error._tag, "SinkError")
    })
  )
})

describe("MetricSinkJsonl", () => {
  it.effect("one object a line, as documented; a resumed run appends", () =>
    Effect.gen(function* () {
      const dir = NodePath.join(yield* temporary, "new", "run")
      const file = NodePath.join(dir, "events.jsonl")
      yield* feed(MetricSinkJsonl.make(), [{ ...train, loss: 2, ppl: 7.5, bpc: 3 }], dir)
      const line = '{"event":"train","step":500,"loss":2,"ppl":7.5,"bpc":3,"stepsPerSec":14.1,"examplesPerSec":225.6,"tokensPerSec":14450}\n'
      assert.strictEqual(NodeFs.readFileSync(file, "utf8"), line)
      yield* feed(MetricSinkJsonl.make(), [evaluated], dir)
      const rest =
        '{"event":"eval","step":500,"loss":1,"ppl":2.718281828459045,"bpc":1.4426950408889634,"examples":12,"metrics":{"accuracy":0.5,"auc":null}}\n'
      assert.strictEqual(NodeFs.readFileSync(file, "utf8"), line + rest)
    })
  )
  it.effect("NaN and infinities are null", () => {
    const { loss, ppl } = JSON.parse(MetricSinkJsonl.toLine({ ...train, loss: NaN, ppl: Infinity })) as { loss: unknown; ppl: unknown }
    assert.deepStrictEqual([loss, ppl], [null, null])
    return Effect.void
  })
  it.effect("each event is in the file before the next one", () =>
    Effect.gen(function* () {
      const dir = yield* temporary
      const write = yield* MetricSinkJsonl.make().open(dir)
      for (let n = 1; n <= 3; n++) {
        yield* write(saved)
        assert.strictEqual(NodeFs.readFileSync(NodePath.join(dir, "events.jsonl"), "utf8").split("\n").length, n + 1)
      }
    })
  )
  it.effect("goes on below half a line of a killed run", () =>
    Effect.gen(function* () {
      const file = NodePath.join(yield* temporary, "e")
      NodeFs.writeFileSync(file, '{"event":"tr')
      yield* feed(MetricSinkJsonl.make({ file }), [saved])
      assert.deepStrictEqual(NodeFs.readFileSync(file, "utf8").split("\n"), ['{"event":"tr', JSON.stringify(saved), ""])
    })
  )
  it.effect("a place that cannot be written is a SinkError; no place is none", () =>
    Effect.gen(function* () {
      const file = NodePath.join(yield* temporary, "file")
      NodeFs.writeFileSync(file, "")
      const error = yield* Effect.flip(feed(MetricSinkJsonl.make(), [saved], file))
      assert.strictEqual(error._tag, "SinkError")
      assert.include(error.message, file)
      yield* feed(MetricSinkJsonl.make(), [saved])
    })
  )
})

describe("MetricSinkMemory", () => {
  it.effect("collects, beside other sinks", () =>
    Effect.gen(function* () {
      const events = yield* Ref.make<ReadonlyArray<RunEvent>>([])
      const sinks = yield* Effect.provide(MetricSink, Layer.provideMerge(MetricSinkMemory.layer(events), MetricSinkJsonl.layer))
      assert.deepStrictEqual(
        sinks.map((sink) => sink.name),
        ["jsonl", "memory"]
      )
      yield* feed(sinks[1]!, [begin, train])
      assert.deepStrictEqual(yield* Ref.get(events), [begin, train])
    })
  )
})
