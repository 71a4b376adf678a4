import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { parseState, printState } from "../../../src/layers/storage/checkpointState.ts"
import { crc32c, mask } from "../../../src/domain/crc32c.ts"
import { payloadOf, readTensor } from "../../../src/layers/storage/payload.ts"
import { type BundleEntry, type BundleTensor, readIndex, sortedNames, writeIndex } from "../../../src/layers/storage/bundle.ts"
import { compareKeys, readTable, type TableEntry, writeTable } from "../../../src/layers/storage/table.ts"

const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (byte) => parseInt(byte, 16))
const utf8 = (text: string) => new TextEncoder().encode(text)
const Byte = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 255 })))
const Bytes = Arbitrary.map(Arbitrary.array(Arbitrary.schema(Byte), { maxLength: 90 }), (bytes) => Uint8Array.from(bytes))

/** One bit after the other, as the polynomial says. */
const slowCrc = (bytes: Uint8Array) => {
  let c = 0xffffffff
  for (const byte of bytes) {
    c ^= byte
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1
  }
  return ~c >>> 0
}

describe("crc32c", () => {
  // RFC 3720, B.4
  it("gives the published check values", () => {
    assert.strictEqual(crc32c(new Uint8Array(32)), 0x8a9136aa)
    assert.strictEqual(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43)
    assert.strictEqual(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e)
    assert.strictEqual(crc32c(utf8("123456789")), 0xe3069283)
  })
  it.prop(
    "agrees with the polynomial at every offset and continues",
    [Bytes, Byte],
    ([bytes, at]) => {
      const shifted = new Uint8Array(bytes.length + 3).subarray(at % 4)
      shifted.set(bytes.subarray(0, shifted.length))
      assert.strictEqual(crc32c(shifted), slowCrc(shifted))
      const cut = at % (bytes.length + 1)
      assert.strictEqual(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut))), slowCrc(bytes))
    },
    { arbitrary: { runs: 200 } }
  )
  it("masks as LevelDB does", () => assert.strictEqual(mask(0), 0xa282ead8))
})

describe("table", () => {
  const Keys = Arbitrary.array(
    Arbitrary.map(Arbitrary.array(Arbitrary.schema(Schema.Literals(["a", "b", "/"])), { maxLength: 12 }), (s) => s.join("")),
    { maxLength: 80 }
  )
  it.prop(
    "gives back what was written, over many blocks",
    [Keys, Bytes],
    ([keys, value]) => {
      const entries = [...new Set(keys)]
        .map((key): TableEntry => ({ key: utf8(key), value: value.subarray(0, key.length) }))
        .sort((a, b) => compareKeys(a.key, b.key))
      const read = Result.getOrThrow(readTable(writeTable(entries, 100)))
      assert.deepStrictEqual(
        read.map(({ key, value }) => [...key, -1, ...value]),
        entries.map(({ key, value }) => [...key, -1, ...value])
      )
    },
    { arbitrary: { runs: 100 } }
  )
  it("shares the beginning of keys", () => {
    const entries = Array.from({ length: 32 }, (_, i) => ({
      key: utf8(`a/long/common/name/${String(i).padStart(2, "0")}`),
      value: new Uint8Array(0)
    }))
    assert.isBelow(writeTable(entries).length, 400)
  })
  it("refuses a compressed block", () => {
    const bytes = writeTable([{ key: new Uint8Array(0), value: Uint8Array.of(8, 1) }])
    // the first block: 3 lengths, 2 bytes of value, one restart point, their number
    bytes[13] = 1
    new DataView(bytes.buffer).setUint32(14, mask(crc32c(bytes.subarray(0, 14))), true)
    const fault = Result.getOrThrow(Result.flip(readTable(bytes)))
    assert.strictEqual(fault.reason, "Foreign")
    assert.include(fault.message, "compressed")
  })
})

describe("bundle", () => {
  it("writes the messages that tensor_bundle.proto describes", () => {
    const entry: BundleEntry = { name: "w", dtype: "float32", shape: [2, 300], shard: 0, offset: 8, size: 2400, crc: 0x01020304 }
    const table = Result.getOrThrow(readTable(writeIndex({ shards: 1, entries: [entry] })))
    // header: num_shards 1, version { producer 1 }
    assert.deepStrictEqual(table[0]!.value, hex("08011a020801"))
    // dtype 1, shape { dim 2, dim 300 }, offset 8, size 2400, crc32c
    assert.deepStrictEqual(table[1]!.value, hex("08011209" + "12020802" + "120308ac02" + "2008" + "28e012" + "3504030201"))
  })
  it("lays strings out as TensorFlow does", () => {
    const { parts, crc } = payloadOf({ dtype: "string", shape: [2], strings: [utf8("ab"), utf8("")] })
    const bytes = Uint8Array.from(parts.flatMap((part) => [...part]))
    const lengths = hex("0200000000000000")
    const check = new Uint8Array(4)
    new DataView(check.buffer).setUint32(0, mask(slowCrc(lengths)), true)
    assert.deepStrictEqual(bytes, Uint8Array.of(2, 0, ...check, 97, 98))
    assert.strictEqual(crc, mask(slowCrc(Uint8Array.of(...lengths, ...check, 97, 98))))
  })
  it("keeps every dtype, shape and name", () => {
    const entries = (["float32", "float64", "int32", "uint8", "int64", "bool", "bfloat16", "float16"] as const).map((dtype, i): BundleEntry => {
      const width = { float32: 4, float64: 8, int32: 4, uint8: 1, int64: 8, bool: 1, bfloat16: 2, float16: 2 }[dtype]
      return { name: `a/${dtype}:0/é`, dtype, shape: [i, 3], shard: 0, offset: i * 1e10, size: i * 3 * width, crc: i }
    })
    const sorted = sortedNames(entries.map((e) => e.name)).map((name) => entries.find((e) => e.name === name)!)
    assert.deepStrictEqual(Result.getOrThrow(readIndex(writeIndex({ shards: 1, entries: sorted }))).entries, sorted)
  })
  it.prop(
    "string tensors round-trip and every flipped bit is noticed",
    [Arbitrary.array(Arbitrary.schema(Schema.String), { maxLength: 4 }), Schema.Natural],
    ([texts, bit]) => {
      const tensor: BundleTensor = { dtype: "string", shape: [texts.length], strings: texts.map(utf8) }
      const { parts, size, crc } = payloadOf(tensor)
      const bytes = Uint8Array.from(parts.flatMap((part) => [...part]))
      const entry: BundleEntry = { name: "s", dtype: "string", shape: [texts.length], shard: 0, offset: 0, size, crc: crc! }
      assert.deepStrictEqual(Result.getOrThrow(readTensor(entry, bytes)), tensor)
      bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7)
      const fault = Result.getOrThrow(Result.flip(readTensor(entry, bytes)))
      assert.deepStrictEqual([fault.reason, fault.tensor], ["Corrupt", "s"])
    },
    { arbitrary: { runs: 200 } }
  )
  it("refuses what it cannot mean, by name", () => {
    const entry: BundleEntry = { name: "w", dtype: "float32", shape: [3], shard: 0, offset: 0, size: 8, crc: 0 }
    const reason = (e: BundleEntry) => {
      const fault = Result.getOrThrow(Result.flip(readIndex(writeIndex({ shards: 1, entries: [e] }))))
      return [fault.reason, fault.tensor]
    }
    assert.deepStrictEqual(reason(entry), ["Corrupt", "w"])
    assert.deepStrictEqual(reason({ ...entry, size: 12, shard: 1 }), ["Corrupt", "w"])
  })
})

describe("checkpoint state file", () => {
  it("is the text that TensorFlow writes", () =>
    assert.strictEqual(
      printState({ latest: "model.ckpt-2", all: ["model.ckpt-1", "model.ckpt-2"] }),
      'model_checkpoint_path: "model.ckpt-2"\nall_model_checkpoint_paths: "model.ckpt-1"\nall_model_checkpoint_paths: "model.ckpt-2"\n'
    ))
  it("reads TensorFlow's, with timestamps and octal escapes", () => {
    const content =
      'model_checkpoint_path: "/tmp/\\303\\251\\"x/ckpt-2"\nall_model_checkpoint_paths: "ckpt-1"\nall_model_checkpoint_timestamps: 1700000000.5\nlast_preserved_timestamp: 1.7e+09\n'
    assert.deepStrictEqual(Result.getOrThrow(parseState(content)), {
      latest: '/tmp/é"x/ckpt-2',
      all: ["ckpt-1", '/tmp/é"x/ckpt-2'],
      preservedMillis: 1_700_000_000_000
    })
  })
  const Path = Arbitrary.map(
    Arbitrary.array(Arbitrary.schema(Schema.Literals(["a", "/", "\\", '"', "\n", "\r", " ", "0", "é", "#", ":"])), { minLength: 1, maxLength: 9 }),
    (s) => s.join("")
  )
  it.prop("round-trips any path", [Path], ([latest]) => {
    const path = latest.toWellFormed()
    assert.deepStrictEqual(Result.getOrThrow(parseState(printState({ latest: path, all: [path] }))).latest, path)
  })
  it("names the bad line", () => assert.include(Result.getOrThrow(Result.flip(parseState('model_checkpoint_path: "a"\nwhat'))).message, "line 2"))
})
