import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { InputError } from "../../../src/domain/Errors.ts"
import type { Example, InputSource } from "../../../src/domain/Input.ts"
import * as Tensor from "../../../src/domain/Tensor.ts"
import { fromCsv } from "../../../src/layers/inputs/fromCsv.ts"
import { fromJsonl } from "../../../src/layers/inputs/fromJsonl.ts"
import type { RecordOptions } from "../../../src/layers/inputs/records.ts"
import { continues, plain } from "./continues.ts"

const Row = Schema.Struct({ x: Schema.Finite, name: Schema.String })
const CsvRow = Schema.Struct({ x: Schema.FiniteFromString, name: Schema.String })
const toExample = ({ name, x }: { readonly x: number; readonly name: string }): Example => ({
  features: { x: Tensor.make(Float32Array.of(x), []) },
  labels: Tensor.make(Int32Array.of([...name].length), [1])
})
const jsonl = (path: string, options: RecordOptions) => fromJsonl(path, Row, toExample, options)
const csv = (path: string, options: RecordOptions) => fromCsv(path, CsvRow, toExample, options)

const write = (name: string, content: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = `${yield* fs.makeTempDirectoryScoped()}/${name}`
    yield* fs.writeFileString(path, content)
    return path
  })
const labelsOf = <R>(source: InputSource<InputError, R>, n = Infinity) =>
  Effect.map(Stream.runCollect(Stream.take(source.batches(undefined), n)), (batches) => batches.map((b) => plain(b).leaves[1]![3]))
const errorOf = <R>(source: InputSource<InputError, R>, from?: string) => Effect.flip(Stream.runDrain(source.batches(from)))

const rows = [
  [1.5, "a"],
  [2, "éé"],
  [-3, "x\ny\u{1f600}"],
  [4, "dddd"],
  [5, 'e,e"e']
] as const
const asJson = rows.map(([x, name]) => JSON.stringify({ x, name })).join("\n")
const asCsv = `x,name\n${rows.map(([x, name]) => `${x},"${name.replaceAll('"', '""')}"`).join("\r\n")}\n`

layer(NodeServices.layer)("inputs from files", (it) => {
  for (const [kind, source, content] of [
    ["jsonl", jsonl, asJson],
    ["csv", csv, asCsv]
  ] as const) {
    it.effect(`${kind}: batches, epochs, remainder`, () =>
      Effect.gen(function* () {
        const path = yield* write("a", content)
        assert.deepStrictEqual(yield* labelsOf(source(path, { batchSize: 2 })), [[1, 2], [4, 4], [5]])
        assert.deepStrictEqual(yield* labelsOf(source(path, { batchSize: 2, dropRemainder: true })), [
          [1, 2],
          [4, 4]
        ])
        assert.deepStrictEqual(yield* labelsOf(source(path, { batchSize: 3, repeat: true }), 3), [
          [1, 2, 4],
          [4, 5, 1],
          [2, 4, 4]
        ])
        const [first] = yield* Stream.runCollect(source(path, { batchSize: 2 }).batches(undefined))
        assert.deepStrictEqual(plain(first!).leaves, [
          ["features/x", "float32", [2], [1.5, 2]],
          ["labels", "int32", [2, 1], [1, 2]]
        ])
      })
    )
    it.effect(`${kind}: seek is continue`, () =>
      Effect.gen(function* () {
        const path = yield* write("a", content)
        for (const batchSize of [1, 2, 3, 5, 6]) {
          for (const repeat of [1, 3]) yield* continues(source(path, { batchSize, repeat }))
          yield* continues(source(path, { batchSize, repeat: 2, dropRemainder: true }))
        }
      })
    )
    it.effect(`${kind}: a missing file, an empty one, a bad position`, () =>
      Effect.gen(function* () {
        const path = yield* write("a", content)
        const missing = yield* errorOf(source(`${path}.no`, { batchSize: 1 }))
        assert.strictEqual(missing.reason, "UnreadableSource")
        assert.include(missing.message, `${path}.no`)
        assert.strictEqual(
          (yield* errorOf(source(yield* write("empty", kind === "csv" ? "x,name\n" : "\n"), { batchSize: 1, repeat: true }))).reason,
          "Empty"
        )
        assert.strictEqual((yield* errorOf(source(path, { batchSize: 1 }), '{"epoch":1}')).reason, "BadPosition")
        assert.strictEqual((yield* errorOf(source(path, { batchSize: -1 }))).reason, "OutOfRange")
      })
    )
  }
  it.effect("jsonl: lines over many chunks, empty lines and Windows line ends", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 300 }, (_, i) => "é".repeat(i * 7))
      const path = yield* write("a", `\n${names.map((name) => JSON.stringify({ x: 1, name })).join("\r\n\r\n")}\r\n`)
      assert.deepStrictEqual(yield* labelsOf(jsonl(path, { batchSize: 300 })), [names.map((name) => name.length)])
    })
  )
  it.effect("jsonl: names file and line of what is wrong", () =>
    Effect.gen(function* () {
      for (const [bad, word] of [
        ['{"x":1,', "JSON"],
        ['{"x":"1","name":""}', "x"],
        ['{"x":1}', "name"]
      ] as const) {
        const path = yield* write("a", `{"x":1,"name":""}\n\n${bad}\n`)
        const error = yield* errorOf(jsonl(path, { batchSize: 1 }))
        assert.strictEqual(error.reason, "UnreadableSource")
        assert.include(error.message, `${path}, line 3: `)
        assert.include(error.message, word)
      }
    })
  )
  it.effect("csv: names file and line of what is wrong", () =>
    Effect.gen(function* () {
      for (const [bad, word] of [
        ["2", "line 3"],
        ["two,b", "line 3"],
        ['2,"b', "line 3"]
      ] as const) {
        const path = yield* write("a", `x,name\n1,a\n${bad}\n`)
        const error = yield* errorOf(csv(path, { batchSize: 1 }))
        assert.strictEqual(error.reason, "UnreadableSource")
        assert.include(error.message, path)
        assert.include(error.message, word)
      }
    })
  )
  it.effect("batches before the bad line are delivered", () =>
    Effect.gen(function* () {
      const path = yield* write("a", `{"x":1,"name":"a"}\n{"x":2,"name":"bb"}\nwhat\n`)
      assert.deepStrictEqual(yield* labelsOf(jsonl(path, { batchSize: 1 }), 2), [[1], [2]])
    })
  )
})
