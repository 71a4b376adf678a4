import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Vocabulary from "../../../src/layers/inputs/Vocabulary.ts"

describe("Vocabulary", () => {
  it("numbers characters in order, whatever the text's", () => {
    const vocabulary = Vocabulary.fromText("cab😀a")
    assert.deepStrictEqual(vocabulary.characters, ["a", "b", "c", "😀"])
    assert.deepStrictEqual([...vocabulary.encode("😀ab")], [3, 0, 1])
    assert.strictEqual(vocabulary.size, 5)
    assert.deepStrictEqual(Vocabulary.fromText("😀bca").characters, vocabulary.characters)
  })
  it.prop("decodes what it encodes, also after JSON", [Schema.String], ([text]) => {
    const wellFormed = text.toWellFormed()
    const vocabulary = Vocabulary.fromText(wellFormed)
    const again = Vocabulary.fromJson(Schema.decodeUnknownSync(Vocabulary.Data)(JSON.parse(JSON.stringify(vocabulary))))
    assert.strictEqual(again.decode(vocabulary.encode(wellFormed)), wellFormed)
    assert.deepStrictEqual(Result.getOrThrow(again.encodeStrict(wellFormed)), vocabulary.encode(wellFormed))
  })
  it("unknown characters: one number, or an error that names the first", () => {
    const vocabulary = Vocabulary.fromText("ab")
    assert.deepStrictEqual([...vocabulary.encode("aéb")], [0, 2, 1])
    assert.strictEqual(vocabulary.decode([0, 2, 1, 99, -1]), "a\ufffdb\ufffd\ufffd")
    const error = Result.getOrThrow(Result.flip(vocabulary.encodeStrict("a😀é")))
    assert.strictEqual(error.reason, "OutOfRange")
    assert.include(error.message, "U+1F600")
    assert.include(error.message, "at 1")
  })
})
