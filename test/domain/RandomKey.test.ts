import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as RandomKey from "../../src/domain/RandomKey.ts"
import { fillWords } from "../../src/domain/threefry.ts"

const block = (k0: number, k1: number, c0: number, c1: number) => {
  const out = new Int32Array(2)
  RandomKey.threefry2x32(k0, k1, c0, c1, out)
  return [...out].map((word) => (word >>> 0).toString(16).padStart(8, "0"))
}

const moments = (xs: Float32Array) => {
  const mean = xs.reduce((a, b) => a + b, 0) / xs.length
  return { mean, variance: xs.reduce((a, b) => a + (b - mean) ** 2, 0) / xs.length }
}

describe("threefry2x32", () => {
  // Random123's kat_vectors, threefry2x32 with 20 rounds
  it("gives the known answers", () => {
    assert.deepStrictEqual(block(0, 0, 0, 0), ["6b200159", "99ba4efe"])
    assert.deepStrictEqual(block(-1, -1, -1, -1), ["1cb996fc", "bb002be7"])
    assert.deepStrictEqual(block(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3), ["c4923a9c", "483df7a0"])
  })
  it.prop("the written-out rounds give the same words, also for odd lengths", [Schema.Int, Schema.Int], ([k0, k1]) => {
    const words = new Int32Array(7)
    fillWords(words, k0 | 0, k1 | 0)
    const expected = new Int32Array(8)
    for (let i = 0; i < 4; i++) RandomKey.threefry2x32(k0 | 0, k1 | 0, i, 0, expected.subarray(2 * i))
    assert.deepStrictEqual([...words], [...expected.subarray(0, 7)])
  })
})

describe("draws", () => {
  const key = (step: number) => Int32Array.of(17, 4, step)
  const uniform = (step: number, replica: number, draw: number, n = 64) => {
    const out = new Float32Array(n)
    RandomKey.fillUniform(out, key(step), replica, draw)
    return [...out]
  }
  it("are a function of seed, step, replica and draw alone", () => {
    assert.deepStrictEqual(uniform(3, 1, 2), uniform(3, 1, 2))
    const others = [uniform(4, 1, 2), uniform(3, 2, 2), uniform(3, 1, 3)]
    for (const other of others) assert.notDeepEqual(other, uniform(3, 1, 2))
    assert.deepStrictEqual(uniform(3, 1, 2, 5), uniform(3, 1, 2).slice(0, 5))
  })
  it("have the range and moments of their distributions", () => {
    const out = new Float32Array(200_001)
    RandomKey.fillUniform(out, key(0), 0, 0)
    assert.isTrue(out.every((x) => x >= 0 && x < 1))
    assert.closeTo(moments(out).mean, 0.5, 0.003)
    assert.closeTo(moments(out).variance, 1 / 12, 0.001)
    RandomKey.fillNormal(out, key(0), 0, 1)
    assert.isTrue(out.every(Number.isFinite))
    assert.closeTo(moments(out).mean, 0, 0.01)
    assert.closeTo(moments(out).variance, 1, 0.02)
    assert.closeTo(out.filter((x) => Math.abs(x) < 1).length / out.length, 0.6827, 0.004)
    RandomKey.fillTruncatedNormal(out, key(0), 0, 2)
    assert.isTrue(out.every((x) => Math.abs(x) <= 2))
    // variance of the standard normal cut at 2: 1 - 4 phi(2) / (2 Phi(2) - 1)
    assert.closeTo(moments(out).variance, 0.7737, 0.01)
  })
  it("keeps both words of a 53-bit seed", () => {
    assert.deepStrictEqual([...RandomKey.fromSeed(5)], [5, 0, 0])
    assert.deepStrictEqual([...RandomKey.fromSeed(2 ** 32 + 5)], [5, 1, 0])
    assert.deepStrictEqual([...RandomKey.fromSeed(-1)], [-1, -1, 0])
  })
})
