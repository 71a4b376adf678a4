/**
 * Lowering of random draws: Threefry-2x32 with 20 rounds in 32-bit arithmetic, the bits of `domain/RandomKey.ts`. XLA's own
 * `rng_bit_generator` orders the blocks of a draw by the plugin's choice.
 *
 * Each kind and size of draw is a function of its subkey, which all draws like it call.
 *
 * @since 0.1.0
 */
import type { NodeOf } from "../../../../domain/graph/Graph.ts"
import type { RandomOp } from "../../../../domain/graph/ops.ts"
import { type Shape, sizeOf } from "../../../../domain/Tensor.ts"
import { Emitter, type Line, typeOf, type Value } from "./Emitter.ts"
import { normal32, normal64, truncated32, truncated64 } from "./normal.ts"
import type { Rules } from "./rule.ts"

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const

const rotated = (e: Emitter, x: Value, by: number): Value => e.binary("or", e.by("shift_left", x, by), e.by("shift_right_logical", x, 32 - by))

/** The two words of the blocks of counters `c0`, `c1`; all operands of one shape. */
const threefry = (e: Emitter, [k0, k1]: readonly [Value, Value], [c0, c1]: readonly [Value, Value]): readonly [Value, Value] => {
  const keys = [k0, k1, e.by("xor", e.binary("xor", k0, k1), 0x1bd11bda)] as const
  let x0 = e.binary("add", c0, k0)
  let x1 = e.binary("add", c1, k1)
  for (let group = 0; group < 5; group++) {
    const first = (group & 1) * 4
    for (let i = 0; i < 4; i++) {
      x0 = e.binary("add", x0, x1)
      x1 = e.binary("xor", rotated(e, x1, rotations[first + i]!), x0)
    }
    x0 = e.binary("add", x0, keys[(group + 1) % 3]!)
    x1 = e.by("add", e.binary("add", x1, keys[(group + 2) % 3]!), group + 1)
  }
  return [x0, x1]
}

/** Two words as one number of 64 bits after the other, in memory of its own: to be computed once, and in one loop that vectorises. */
const interleaved = (e: Emitter, [low, high]: readonly [Value, Value]): Value => {
  const blocks = low.shape[0]!
  const word = e.binary("or", e.convert(low, "uint64"), e.by("shift_left", e.convert(high, "uint64"), 32))
  return e.reshape(e.bitcast(e.unary("optimization_barrier", word), "uint32", [blocks, 2]), [2 * blocks])
}

/** The words `0 … n - 1` of a key. */
const words = (e: Emitter, [k0, k1]: readonly [Value, Value], n: number): Value => {
  const blocks: Shape = [e.options.wide ? Math.ceil(n / 2) : n]
  const index = e.iota("uint32", blocks, 0)
  const block = e.options.wide ? index : e.by("shift_right_logical", index, 1)
  const both = threefry(e, [e.expand(k0, blocks), e.expand(k1, blocks)], [block, e.like(block, 0)])
  if (e.options.wide) return e.slice(interleaved(e, both), [0], [n])
  // each word by itself: computing both is cheaper than moving elements to their places where layouts are tiled
  return e.select(e.compare("EQ", e.by("and", index, 1), e.like(index, 0)), ...both)
}

/** The keys of all draws of the step: made together, for each by itself would be a program of its own to compile. */
const subkeys = (e: Emitter, key: Value, replica: Value): readonly [Value, Value] => {
  const draws: Shape = [e.draws.length]
  const parts = e.bitcast(key, "uint32")
  const part = (i: number) => e.broadcast(e.reshape(e.slice(parts, [i], [1]), []), draws, [])
  const ids = e.bitcast(e.literal("int32", draws, Int32Array.from(e.draws)), "uint32")
  const stepKeys = threefry(e, [part(0), part(1)], [part(2), ids])
  return e.barrier(threefry(e, stepKeys, [e.broadcast(replica, draws, []), e.fill("uint32", draws, 0)]))
}

/** The 24 high bits as a whole number. */
const highBits = (e: Emitter, bits: Value): Value => e.by("shift_right_logical", bits, 8)

const numbersOf = (e: Emitter, op: RandomOp, bits: Value): Value => {
  const high = highBits(e, bits)
  const { wide } = e.options
  if (op === "RandomUniform") return e.by("multiply", e.convert(high, "float32"), 2 ** -24)
  if (op === "RandomNormal") return wide ? normal64(e, high) : normal32(e, high)
  return wide ? truncated64(e, high) : truncated32(e, high)
}

const given = (name: string, type: Value["type"], shape: Shape): Value => ({ name, type, shape })

/** The function of all draws of a kind and size, by name. */
const drawFunction = (e: Emitter, op: RandomOp, n: number): string => {
  const name = `${op}_${n}`
  if (e.functions.has(name)) return name
  const body = new Emitter(e.options, e.functions)
  const parameters = [given("%k0", "uint32", []), given("%k1", "uint32", [])] as const
  const result = numbersOf(body, op, words(body, parameters, n))
  const types = parameters.map((p) => `${p.name}: ${typeOf(p)}`).join(", ")
  const lines: ReadonlyArray<Line> = [
    { text: `  func.func private @${name}(${types}) -> ${typeOf(result)} {` },
    ...body.lines,
    { text: `    return ${result.name} : ${typeOf(result)}` },
    { text: "  }" }
  ]
  e.functions.set(name, lines)
  return name
}

const replicaId = (e: Emitter): Value =>
  e.options.replicas === 1 ? e.scalar("uint32", 0) : e.emit("stablehlo.replica_id : tensor<ui32>", "uint32", [])

const random = (e: Emitter, node: NodeOf<RandomOp>, [key]: ReadonlyArray<Value>): Value => {
  const { shape, draw, replica } = node.attrs
  const n = sizeOf(shape)
  if (n === 0) return e.fill("float32", shape, 0)
  const own = replica === undefined ? replicaId(e) : e.scalar("uint32", replica)
  const subkey = subkeys(e, key!, own).map((x) => e.reshape(e.slice(x, [e.draws.indexOf(draw)], [1]), []))
  return e.reshape(e.call(drawFunction(e, node.op, n), subkey, "float32", [n]), shape)
}

/** @category rules @since 0.1.0 */
export const randomRules = {
  ReplicaId: (e) => e.convert(replicaId(e), "int32"),
  RandomUniform: random,
  RandomNormal: random,
  RandomTruncatedNormal: random
} satisfies Rules
