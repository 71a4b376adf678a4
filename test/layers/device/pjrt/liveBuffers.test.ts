/** What is in a device's memory at once, by optimised programs made by hand. */
import { assert, describe, it } from "@effect/vitest"
import { Writer } from "../../../../src/domain/Protobuf.ts"
import { decode } from "../../../../src/layers/device/pjrt/client/hlo.ts"
import { type Buffers, buffersOf } from "../../../../src/layers/device/pjrt/client/liveBuffers.ts"

interface Shape {
  readonly shape: ReadonlyArray<number>
  readonly tile?: ReadonlyArray<number>
  readonly space?: number
}

const f32 = 11

/** Numbers as a packed field has them. */
const numbers = (values: ReadonlyArray<number>): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [...new Writer().int(1, value).finish()].slice(1)))

const shapeOf = (given: Shape | ReadonlyArray<Shape>): Writer => {
  if (Array.isArray(given)) return (given as ReadonlyArray<Shape>).reduce((all, leaf) => all.message(4, shapeOf(leaf)), new Writer().int(2, 13))
  const { shape, space = 0, tile } = given as Shape
  const layout = new Writer().bytes(1, numbers(shape.map((_, i) => shape.length - 1 - i)))
  if (tile !== undefined) layout.message(6, new Writer().bytes(1, numbers(tile)))
  if (space !== 0) layout.int(8, space)
  return new Writer().int(2, f32).bytes(3, numbers(shape)).message(5, layout)
}

interface Instruction {
  readonly opcode: string
  readonly of: Shape | ReadonlyArray<Shape>
  readonly from?: ReadonlyArray<number>
  readonly calls?: ReadonlyArray<number>
  readonly line?: number
  readonly number?: number
}

/** An id is the place in the list, from 100 times the computation's on. */
const computation = (id: number, instructions: ReadonlyArray<Instruction>): Writer => {
  const made = new Writer().int(5, id).int(6, 100 * id + instructions.length - 1)
  instructions.forEach(({ calls = [], from = [], line = 0, number = 0, of, opcode }, i) =>
    made.message(
      2,
      new Writer()
        .string(2, opcode)
        .message(3, shapeOf(of))
        .message(7, new Writer().int(4, line))
        .int(9, number)
        .int(13, number)
        .int(35, 100 * id + i)
        .bytes(36, numbers(from.map((place) => 100 * id + place)))
        .bytes(38, numbers(calls))
    )
  )
  return made
}

interface Given {
  readonly computations: ReadonlyArray<ReadonlyArray<Instruction>>
  readonly order?: ReadonlyArray<number>
  readonly aliased?: ReadonlyArray<number>
}

/** The last computation is the entry. */
const buffers = ({ aliased = [], computations, order }: Given): Buffers => {
  const module = new Writer().int(6, computations.length)
  computations.forEach((instructions, i) => module.message(3, computation(i + 1, instructions)))
  if (order !== undefined) {
    const ids = new Writer().bytes(1, numbers(order.map((place) => 100 * computations.length + place)))
    module.message(7, new Writer().message(1, new Writer().int(1, computations.length).message(2, ids)))
  }
  const aliases = aliased.reduce((all, output) => all.message(1, new Writer().bytes(1, numbers([output])).int(2, output)), new Writer())
  return buffersOf(decode(new Writer().message(1, module.message(8, aliases)).finish()), 10)
}

const k = { shape: [256] }
const big = { shape: [4, 256] }
const names = ({ temporaries }: Buffers) => temporaries.map(({ bytes, line, opcode, type }) => `${opcode} ${type} ${bytes} ${line}`)

describe("the buffers of an optimised program", () => {
  it("are its arguments, the results that lie nowhere else, and what is alive when most is", () => {
    const entry: ReadonlyArray<Instruction> = [
      { opcode: "parameter", of: big, number: 1 },
      { opcode: "parameter", of: k, number: 0 },
      { opcode: "dot", of: big, from: [0], line: 7 },
      { opcode: "reduce", of: k, from: [2], line: 8 },
      { opcode: "negate", of: k, from: [3], line: 9 },
      { opcode: "add", of: k, from: [4, 1] },
      { opcode: "reduce", of: { shape: [] }, from: [4] },
      { opcode: "tuple", of: [k, { shape: [] }], from: [5, 6] }
    ]
    const found = buffers({ computations: [entry], aliased: [0] })
    assert.deepStrictEqual(found.arguments, [1024, 4096], "in the order of the parameters, not of the program")
    assert.deepStrictEqual(found.results, [0, 4])
    assert.deepStrictEqual(names(found), ["dot f32[4,256] 4096 7", "reduce f32[256] 1024 8"])
    assert.strictEqual(found.temporaryBytes, 5120)
  })

  it("follow the order in which the program runs", () => {
    const entry: ReadonlyArray<Instruction> = [
      { opcode: "parameter", of: k },
      { opcode: "broadcast", of: big, from: [0], line: 1 },
      { opcode: "reduce", of: k, from: [1], line: 2 },
      { opcode: "broadcast", of: big, from: [0], line: 3 },
      { opcode: "reduce", of: k, from: [3], line: 4 },
      { opcode: "dot", of: k, from: [2, 4] }
    ]
    assert.strictEqual(buffers({ computations: [entry] }).temporaryBytes, 4096 + 2048)
    assert.strictEqual(buffers({ computations: [entry], order: [0, 1, 3, 2, 4, 5] }).temporaryBytes, 8192 + 1024)
  })

  it("count the whole tiles of a TPU's memory, and not what is on its chip", () => {
    const tiled = { shape: [3, 130], tile: [8, 128] }
    const entry: ReadonlyArray<Instruction> = [
      { opcode: "parameter", of: tiled },
      { opcode: "copy", of: { ...tiled, space: 1 }, from: [0] },
      { opcode: "fusion", of: { shape: [2, 3, 130], tile: [8, 128] }, from: [1], line: 5 },
      { opcode: "reduce", of: { shape: [], tile: [128] }, from: [2] }
    ]
    const found = buffers({ computations: [entry] })
    assert.deepStrictEqual(found.arguments, [8 * 256 * 4])
    assert.deepStrictEqual(found.results, [128 * 4])
    assert.deepStrictEqual(names(found), [`fusion f32[2,3,130] ${2 * 8 * 256 * 4} 5`])
  })

  it("see one array under several names, and those of tuples by themselves", () => {
    const entry: ReadonlyArray<Instruction> = [
      { opcode: "parameter", of: k },
      { opcode: "fusion", of: [k, big], from: [0], line: 1 },
      { opcode: "get-tuple-element", of: big, from: [1], number: 1 },
      { opcode: "bitcast", of: big, from: [2] },
      { opcode: "copy-start", of: [big, big, { shape: [] }], from: [3], line: 2 },
      { opcode: "copy-done", of: big, from: [4] },
      { opcode: "reduce", of: k, from: [5] }
    ]
    const found = buffers({ computations: [entry] })
    assert.deepStrictEqual(names(found), ["fusion f32[4,256] 4096 1", "copy-start f32[4,256] 4096 2"])
  })

  it("put results of elementwise operations where their operands have been", () => {
    const squares = (last: string): ReadonlyArray<Instruction> => [
      { opcode: "parameter", of: big },
      { opcode: "dot", of: big, from: [0], line: 1 },
      { opcode: "exponential", of: big, from: [1], line: 2 },
      { opcode: last, of: big, from: [2], line: 3 },
      { opcode: "reduce", of: k, from: [3] }
    ]
    assert.strictEqual(buffers({ computations: [squares("negate")] }).temporaryBytes, 4096)
    assert.strictEqual(buffers({ computations: [squares("transpose")] }).temporaryBytes, 8192)
    const asResult = squares("negate").slice(0, 4)
    assert.strictEqual(buffers({ computations: [asResult] }).temporaryBytes, 0, "all of them lie where the result does")
  })

  it("take what a loop needs inside", () => {
    const body: ReadonlyArray<Instruction> = [
      { opcode: "parameter", of: k },
      { opcode: "broadcast", of: big, from: [0], line: 3 },
      { opcode: "reduce", of: k, from: [1] }
    ]
    const entry: ReadonlyArray<Instruction> = [
      { opcode: "parameter", of: k },
      { opcode: "copy", of: k, from: [0], line: 1 },
      { opcode: "while", of: k, from: [1], calls: [1] },
      { opcode: "negate", of: k, from: [2] },
      { opcode: "reduce", of: k, from: [3] }
    ]
    const found = buffers({ computations: [body, entry] })
    assert.deepStrictEqual(names(found), ["broadcast f32[4,256] 4096 3", "copy f32[256] 1024 1"])
    assert.strictEqual(found.temporaryBytes, 5120)
  })

  it("have the line of what was fused", () => {
    const fused: ReadonlyArray<Instruction> = [
      { opcode: "parameter", of: k },
      { opcode: "broadcast", of: big, from: [0], line: 6 },
      { opcode: "negate", of: big, from: [1] }
    ]
    const entry: ReadonlyArray<Instruction> = [
      { opcode: "parameter", of: k },
      { opcode: "fusion", of: big, from: [0], calls: [1] },
      { opcode: "reduce", of: k, from: [1] }
    ]
    assert.deepStrictEqual(names(buffers({ computations: [fused, entry] })), ["fusion f32[4,256] 4096 6"])
  })
})
