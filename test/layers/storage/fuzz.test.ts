/** Malformed and hostile files: every reader ends, soon, with a value or a typed error; none throws anything else or takes memory for what is not there. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { crc32c, mask } from "../../../src/domain/crc32c.ts"
import { type BundleDType, dataFile, indexFile, readIndex } from "../../../src/layers/storage/bundle.ts"
import { parseState } from "../../../src/layers/storage/checkpointState.ts"
import { Fault } from "../../../src/layers/storage/Fault.ts"
import { readTensor } from "../../../src/layers/storage/payload.ts"
import { headerLength, readHeader } from "../../../src/layers/storage/safetensors.ts"
import { compareKeys, readTable, type TableEntry, writeTable } from "../../../src/layers/storage/table.ts"
import { putBytes, putUint32, putVarint, writer } from "../../../src/layers/storage/wire.ts"
import { headerOf, message, sliceKey } from "./foreignFiles.ts"
import { fresh } from "./sample.ts"

const utf8 = (text: string) => new TextEncoder().encode(text)
const Byte = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 255 })))
const Bytes = (maxLength: number) => Arbitrary.map(Arbitrary.array(Arbitrary.schema(Byte), { maxLength }), (bytes) => Uint8Array.from(bytes))
const Count = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })))

/** What a parser may give: anything else has been thrown by now. */
const settled = <A>(result: Result.Result<A, Fault>): Fault | undefined => {
  if (Result.isSuccess(result)) return undefined
  assert.instanceOf(result.failure, Fault)
  return result.failure
}

/** A table with these blocks as they are, each with its checksum; `handles` of the index may name any place. */
const rawTable = (blocks: ReadonlyArray<Uint8Array>, repeat = 1): Uint8Array => {
  const out = writer()
  const put = (block: ArrayLike<number>) => {
    const handle = { offset: out.bytes.length, size: block.length }
    putBytes(out, block)
    out.bytes.push(0)
    putUint32(out, mask(crc32c(Uint8Array.from([...Array.from(block), 0]))))
    return handle
  }
  const handles = blocks.map(put)
  const meta = put(blockOf([]))
  const rows = Array.from({ length: repeat }, () => handles).flat()
  const index = put(
    blockOf(
      rows.map(({ offset, size }, i) => {
        const value = writer()
        putVarint(value, offset)
        putVarint(value, size)
        return { shared: 0, key: utf8(`k${String(i).padStart(8, "0")}`), value: Uint8Array.from(value.bytes) }
      })
    )
  )
  const start = out.bytes.length
  for (const handle of [meta, index]) {
    putVarint(out, handle.offset)
    putVarint(out, handle.size)
  }
  while (out.bytes.length < start + 40) out.bytes.push(0)
  putBytes(out, [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb])
  return Uint8Array.from(out.bytes)
}

interface Row {
  readonly shared: number
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** Said in place of the true lengths. */
  readonly lies?: { readonly key?: number; readonly value?: number }
}

const blockOf = (rows: ReadonlyArray<Row>): Uint8Array => {
  const out = writer()
  for (const { key, lies = {}, shared, value } of rows) {
    putVarint(out, shared)
    putVarint(out, lies.key ?? key.length)
    putVarint(out, lies.value ?? value.length)
    putBytes(out, key)
    putBytes(out, value)
  }
  putUint32(out, 0)
  putUint32(out, 1)
  return Uint8Array.from(out.bytes)
}

const none = new Uint8Array(0)
const row = (key: Uint8Array | string, value: Uint8Array, more: Partial<Row> = {}): Row => ({
  shared: 0,
  key: typeof key === "string" ? utf8(key) : key,
  value,
  ...more
})
const indexOf = (rows: ReadonlyArray<Row>, shards = 1) => rawTable([blockOf([row(none, headerOf(shards)), ...rows])])

describe("indexes", () => {
  it.prop("any bytes at all, also between a table's beginning and end", [Bytes(300)], ([bytes]) => void settled(readIndex(bytes)), {
    arbitrary: { runs: 300 }
  })
  it.prop(
    "any blocks with good checksums",
    [Bytes(120), Bytes(40)],
    ([a, b]) => void settled(readIndex(rawTable([a, b].filter((x) => x.length > 3)))),
    {
      arbitrary: { runs: 300 }
    }
  )
  it.prop(
    "any keys and messages with good checksums",
    [Arbitrary.array(Bytes(20), { maxLength: 6 }), Bytes(40)],
    ([keys, value]) => {
      const rows = [...new Map(keys.map((key) => [key.join(), key])).values()].map((key, i): TableEntry => ({ key, value: value.subarray(i * 3) }))
      settled(
        readIndex(
          writeTable([{ key: none, value: headerOf(1) }, ...rows.filter(({ key }) => key.length > 0).sort((a, b) => compareKeys(a.key, b.key))])
        )
      )
    },
    { arbitrary: { runs: 300 } }
  )
  it.prop(
    "a good index with some of its bytes changed and the checksum made good again",
    [Arbitrary.array(Arbitrary.schema(Schema.Struct({ at: Count, byte: Byte })), { minLength: 1, maxLength: 4 })],
    ([changes]) => {
      const block = blockOf([
        row(none, headerOf(2)),
        row(sliceKey("p", [[0, 2]]), message({ dtype: 1, shape: [2], size: 8 })),
        row("p", message({ dtype: 1, shape: [2], slices: 1 })),
        row("s", message({ dtype: 7, shape: [3], size: 40, offset: 8 })),
        row("w", message({ dtype: 1, shape: [2, 300], shard: 1, size: 2400, crc: 5 }))
      ])
      for (const { at, byte } of changes) block[at % block.length] = byte
      settled(readIndex(rawTable([block])))
    },
    { arbitrary: { runs: 1000 } }
  )
  it("every message cut short", () => {
    const whole = message({ dtype: 1, shape: [2, 300], shard: 0, offset: 8, size: 2400, crc: 0xffffffff, slices: 1 })
    for (let length = 0; length < whole.length; length++) {
      settled(readIndex(indexOf([row("w", whole.subarray(0, length))])))
      settled(readIndex(rawTable([blockOf([row(none, whole.subarray(0, length))])])))
    }
  })
  const huge = 2 ** 52
  for (const [what, index] of [
    ["a key longer than memory", () => indexOf([row("w", none, { lies: { key: huge } })])],
    ["a value longer than memory", () => indexOf([row("w", none, { lies: { value: huge } })])],
    ["more shared than there is", () => indexOf([row("w", none, { shared: huge })])],
    ["a string tensor of 2^52 elements", () => indexOf([row("w", message({ dtype: 7, shape: [huge], size: 4 }))])],
    ["a shape beyond numbers", () => indexOf([row("w", message({ dtype: 1, shape: [huge, huge, huge], size: 4 }))])],
    ["2^52 data files", () => indexOf([row("w", message({ dtype: 1, shape: [1], size: 4 }))], huge)],
    ["no data files", () => indexOf([row("w", message({ dtype: 1, shape: [1], size: 4 }))], 0)],
    [
      "a part of a tensor of 2^52 elements",
      () =>
        indexOf([
          row(sliceKey("w", [[0, 4]]), message({ dtype: 1, shape: [4], size: 16 })),
          row("w", message({ dtype: 1, shape: [huge], slices: 1 }))
        ])
    ],
    ["a name twice", () => indexOf([row("w", message({ dtype: 1, shape: [1], size: 4 })), row("w", message({ dtype: 1, shape: [1], size: 4 }))])]
  ] as const) {
    it(`refuses ${what}`, () => assert.strictEqual(settled(readIndex(index()))?.reason, "Corrupt"))
  }
  it("refuses one block named over and over", () => {
    const block = blockOf(Array.from({ length: 1000 }, (_, i) => row(utf8(`n${String(i).padStart(5, "0")}`), none)))
    assert.strictEqual(settled(readTable(rawTable([block], 2000)))?.reason, "Corrupt")
  })
  it("refuses names made out of one another without end", () => {
    const long = new Uint8Array(20_000).fill(97)
    const rows = [row(long, none), ...Array.from({ length: 5000 }, (_, i) => row(Uint8Array.of(98), none, { shared: 20_000 + i }))]
    const fault = settled(readTable(rawTable([blockOf(rows)])))
    assert.strictEqual(fault?.reason, "Corrupt")
    assert.include(fault?.message, "names are longer")
  })
})

describe("other parsers", () => {
  it.prop("strings of any bytes", [Bytes(60), Count], ([bytes, n]) => {
    const entry = { name: "s", dtype: "string" as BundleDType, shape: [n % 70], shard: 0, offset: 0, size: bytes.length, crc: n }
    assert.strictEqual(settled(readTensor(entry, bytes))?.tensor, "s")
  })
  it.prop("any state file", [Schema.String], ([text]) => void settled(parseState(text)), { arbitrary: { runs: 300 } })
  const Json = Arbitrary.map(
    Arbitrary.array(
      Arbitrary.schema(
        Schema.Literals(['{"w":', '{"dtype":"F32",', '"shape":[2],', '"data_offsets":[0,8]', "[", "]", "}", ",", "1e999", "null", '"a"', "-1", ":"])
      ),
      {
        maxLength: 14
      }
    ),
    (parts) => parts.join("")
  )
  it.prop(
    "any safetensors header",
    [Json, Bytes(12)],
    ([json, bytes]) => {
      settled(headerLength(bytes, 1000))
      for (const header of [utf8(json), utf8(`{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}${json}`), bytes])
        settled(readHeader(header, 8 + header.length + 8))
    },
    { arbitrary: { runs: 300 } }
  )
})

layer(NodeServices.layer)("whole files", (it) => {
  it.effect("tensors that lie on one another, or beyond the file, are refused before they are read", () =>
    Effect.gen(function* () {
      const { dir, fs, store } = yield* fresh
      const prefix = `${dir}/model`
      const put = (rows: ReadonlyArray<Row>) => fs.writeFile(indexFile(prefix), indexOf(rows))
      yield* fs.writeFile(dataFile(prefix), new Uint8Array(1000))
      yield* put(Array.from({ length: 50 }, (_, i) => row(`w${String(i).padStart(3, "0")}`, message({ dtype: 1, shape: [250], size: 1000 }))))
      const over = yield* Effect.flip(store.values(prefix))
      assert.deepStrictEqual([over.reason, over.file], ["Corrupt", dataFile(prefix)])
      yield* put([row("w", message({ dtype: 1, shape: [2 ** 50], size: 2 ** 52 }))])
      const beyond = yield* Effect.flip(store.values(prefix))
      assert.deepStrictEqual([beyond.reason, beyond.tensor], ["Truncated", "w"])
    })
  )
})
