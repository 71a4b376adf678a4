/** Portable artifacts: their bytes, and that XLA makes of them what was lowered. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as Builder from "../../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import type { UnaryOp } from "../../../../src/domain/graph/ops.ts"
import type { TensorData } from "../../../../src/domain/Tensor.ts"
import { opNames } from "../../../../src/layers/device/pjrt/lower.ts"
import { encode } from "../../../../src/layers/formats/stablehlo/artifact.ts"
import { Bytes } from "../../../../src/layers/formats/stablehlo/Bytes.ts"
import { graphMain } from "../../../../src/layers/formats/stablehlo/graphMain.ts"
import { readInstruction } from "../../../../src/layers/formats/stablehlo/Instruction.ts"
import { Tables } from "../../../../src/layers/formats/stablehlo/Vhlo.ts"
import { assertClose, bool, f32, i32, numbers } from "../../../conformance/opCase.ts"
import { opSuite } from "../../../conformance/opSuite.ts"
import { withXla } from "../../device/pjrt/available.ts"
import { lazyClient, load } from "../../device/pjrt/onXla.ts"
import { single } from "../../device/pjrt/single.ts"

/** The way back, by the format's own table of prefixes: the lowest one of the first byte tells how many bytes follow. */
class Reader {
  readonly bytes: Uint8Array
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  varint(): bigint {
    const first = this.bytes[this.at]!
    const more = first === 0 ? 8 : Math.log2(first & -first)
    let value = 0n
    for (let i = more; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[this.at + i]!)
    this.at += more + 1
    return more === 8 ? value >> 8n : value >> BigInt(more + 1)
  }

  count(): number {
    return Number(this.varint())
  }

  take(length: number): Uint8Array {
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}

describe("bytes of MLIR", () => {
  const Digit = Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 0, maximum: 1 })))
  /** Of every length: numbers of up to 64 binary digits. */
  const Whole = Arbitrary.map(Arbitrary.array(Arbitrary.schema(Digit), { maxLength: 64 }), (digits) => BigInt(`0b0${digits.join("")}`))

  it.prop(
    "a number is read as it was written, in as few bytes as hold 7 digits each, at most 9",
    [Whole],
    ([value]) => {
      const written = new Bytes().varint(value)
      const reader = new Reader(written.view)
      assert.strictEqual(reader.varint(), value)
      assert.strictEqual(reader.at, written.length)
      assert.strictEqual(written.length, Math.min(9, Math.max(1, Math.ceil((value === 0n ? 0 : value.toString(2).length) / 7))))
    },
    { arbitrary: { runs: 300 } }
  )

  it.prop(
    "a number with a sign has it in its lowest digit",
    [Whole],
    ([value]) => {
      const signed = BigInt.asIntN(64, value)
      const zigzag = new Reader(new Bytes().signed(signed).view).varint()
      assert.strictEqual((zigzag >> 1n) ^ -(zigzag & 1n), signed)
    },
    { arbitrary: { runs: 300 } }
  )

  it("writes the format's own examples of prefixes, and refuses what is no 64-bit number", () => {
    assert.deepStrictEqual([...new Bytes().varint(0).varint(127).varint(128).view], [0x01, 0xff, 0x02, 0x02])
    assert.deepStrictEqual([...new Bytes().varint(2n ** 56n - 1n).view], [0x80, ...new Array<number>(7).fill(0xff)])
    assert.deepStrictEqual([...new Bytes().varint(2n ** 56n).view], [0, 0, 0, 0, 0, 0, 0, 0, 1])
    assert.deepStrictEqual([...new Bytes().signeds([-1, 1, -64]).view], [0x07, 0x03, 0x05, 0xff])
    assert.throws(() => new Bytes().varint(-1), /a varint is 0 to 2\^64 - 1, and not -1/)
    assert.throws(() => new Bytes().varint(2n ** 64n), /a varint is 0/)
  })

  const Text = Arbitrary.map(Arbitrary.array(Arbitrary.schema(Schema.Literals(["a", "ü", "/", "名"])), { maxLength: 9 }), (s) => s.join(""))
  it.prop(
    "strings are kept once, and read as they were given",
    [Arbitrary.array(Text, { maxLength: 200 })],
    ([texts]) => {
      const tables = new Tables()
      const numbersOf = texts.map((text) => tables.string(text))
      const reader = new Reader(tables.strings().view)
      const lengths = Array.from({ length: reader.count() }, () => reader.count()).toReversed()
      const strings = lengths.map((length) => new TextDecoder().decode(reader.take(length)))
      assert.strictEqual(reader.at, reader.bytes.length)
      assert.strictEqual(strings.length, new Set(texts).size)
      texts.forEach((text, i) => assert.strictEqual(strings[numbersOf[i]!], `${text}\0`))
    },
    { arbitrary: { runs: 100 } }
  )
})

describe("portable artifacts", () => {
  it("a module of two instructions: the bytes that jaxlib 0.10 and TensorFlow 2.21 read as it", () => {
    const type = "tensor<2xf32>"
    const body = ["    %0 = stablehlo.constant dense<0x40000000> : tensor<2xf32>", "    %1 = stablehlo.multiply %arg0, %0 : tensor<2xf32>"]
    const bytes = encode({ parameters: [{ name: "%arg0", type }], body: body.map(readInstruction), results: [{ name: "%1", type }] })
    assert.deepStrictEqual(
      Buffer.from(bytes)
        .toString("hex")
        .match(/.{1,100}/g),
      [
        "4d4cef520d537461626c65484c4f5f76312e302e3000011b05090d0b0103130309171b1f2303230d07010307030b0b0b0b0b",
        "1f030707131702351f030123051d011d031f0309000000400929030901110303030304570501500101070447030105095001",
        "0507043303070f03050003420103030305060103030501030704010305060301050100a913111519190f0b110f0b6d61696e",
        "007075626c6963006275696c74696e0076686c6f006d6f64756c6500636f6e7374616e745f7631006d756c7469706c795f76",
        "310072657475726e5f76310066756e635f763100081907050101030b0b0305030709"
      ]
    )
  })

  it("an instruction of a form that is not known is refused, and not written otherwise", () => {
    for (const text of ["%0 = chlo.erf %arg0 : tensor<f32> -> tensor<f32>", "%0 = stablehlo.cbrt %arg0 : tensor<f32>", "return %0 : tensor<f32>"]) {
      assert.throws(() => readInstruction(text), /of a form that is not known/)
    }
  })

  it("a variable that no output needs is no argument, an input always is", () => {
    const b = Builder.make()
    const unused = { _tag: "State", kind: "variable", trainable: true } as const
    b.parameter("unused", unused, f32(2))
    const w = b.parameter("w", unused, f32(2))
    b.parameter("ignored", { _tag: "Batch" }, i32(3))
    b.output("y", { _tag: "Outfeed" }, b.add("Neg", [w], {}))
    const { parameters, taken } = graphMain(b.build())
    assert.deepStrictEqual(
      taken.map(({ name }) => name),
      ["w", "ignored"]
    )
    assert.deepStrictEqual(parameters, [
      { name: "%arg1", type: "tensor<2xf32>" },
      { name: "%arg2", type: "tensor<3xi32>" }
    ])
  })
})

withXla("portable artifacts on XLA", (file) => {
  const client = lazyClient(file)

  /** A graph's parameters in, outputs out. */
  const run = (graph: Graph, data: ReadonlyArray<TensorData>): ReadonlyArray<TensorData> => {
    const main = graphMain(graph)
    const results = graph.outputs.map(({ node }) => graph.nodes[node]!.type)
    const checks = main.checks.length === 0 ? [] : [i32()]
    const parameters = graph.parameters.map(({ node }) => graph.nodes[node]!.type)
    const loaded = load(client(), { text: encode(main), replicas: 1, parameters, results: [...results, ...checks] })
    try {
      return loaded.run([data])[0]!
    } finally {
      loaded.close()
    }
  }

  opSuite("portable StableHLO", opNames, run, { together: true, tolerance: (c) => (c.op === "AvgPool" ? 2 * c.tolerance : c.tolerance) })

  describe("portable StableHLO means what the reference does", () => {
    it("in functions that it has no instruction for, also at the ends of their domains", () => {
      const wide = Float32Array.of(0, -0, 1e-30, -1e-6, 0.3, -0.9, 1, -1, 1.5, -3.7, 3.8, 20, -88, 89, -1e9, 3e38, Infinity, -Infinity, NaN)
      const unit = Float32Array.of(0, 1e-7, -0.5, 0.999999, 1, -1, -0.9999999, 2, -2, NaN)
      const above = Float32Array.of(1, 1.0000001, 1.5, 100, 1e12, 3e38, Infinity, 0.5, -2, NaN)
      const domains: Partial<Record<UnaryOp, Float32Array>> = {
        Asin: unit,
        Acos: unit,
        Atanh: unit,
        Acosh: above,
        Sinh: wide,
        Cosh: wide,
        Asinh: wide,
        Erf: wide
      }
      for (const [op, x] of Object.entries(domains) as Array<[UnaryOp, Float32Array]>) {
        const graph = single(op, [f32(x.length)], {})
        assertClose(run(graph, [x])[0]!, evaluate(graph, [x])[0]!, 3e-6)
      }
    })

    const Choice = Schema.Struct({ kind: Schema.Literals(["unary", "binary", "product", "row", "moved"]), a: Schema.Natural, b: Schema.Natural })
    /** Each node takes earlier ones, of which there are some always; all are f32[3, 4]. */
    const Graphs = Arbitrary.map(Arbitrary.array(Arbitrary.schema(Choice), { minLength: 1, maxLength: 12 }), (choices): Graph => {
      const b = Builder.make()
      const [x, w] = [b.parameter("x", { _tag: "Batch" }, f32(3, 4)), b.parameter("w", { _tag: "Batch" }, f32(4, 4))]
      const made = [x]
      const earlier = (k: number) => made[k % made.length]!
      for (const choice of choices) {
        const [p, q] = [earlier(choice.a), earlier(choice.b)]
        const unary = (["Tanh", "Sigmoid", "Erf", "Abs", "Cos", "Softmax"] as const)[choice.b % 6]!
        const binary = (["Add", "Sub", "Max", "Atan2"] as const)[choice.a % 4]!
        if (choice.kind === "unary") made.push(b.add(unary, [p], {}))
        else if (choice.kind === "binary") made.push(b.add(binary, [p, q], {}))
        else if (choice.kind === "product")
          made.push(Builder.unary(b, "Tanh", b.add("MatMul", [p, w], { transposeA: false, transposeB: choice.b % 2 === 0 })))
        else if (choice.kind === "row") {
          made.push(Builder.broadcastTo(b, Builder.reduce(b, choice.b % 2 === 0 ? "ReduceMax" : "ReduceMean", p, [choice.a % 2], true), [3, 4]))
        } else {
          const cut = b.add("Slice", [p], { begin: [1, choice.b % 3], size: [2, 2], strides: [1, 1] })
          made.push(
            b.add("Pad", [cut], {
              paddings: [
                [choice.a % 2, 1 - (choice.a % 2)],
                [1, 1]
              ],
              value: 0.5
            })
          )
        }
      }
      b.output("y", { _tag: "Outfeed" }, made.at(-1)!)
      return b.build()
    })
    it.prop(
      "in graphs of any ops",
      [Graphs],
      ([graph]) => {
        const data = [numbers(f32(3, 4), 5), numbers(f32(4, 4), 6)]
        assertClose(run(graph, data)[0]!, evaluate(graph, data)[0]!, 1e-5)
      },
      { arbitrary: { runs: 40 } }
    )

    it("in literals: one number everywhere, many, none, bools, and more than a text of the engine holds", () => {
      const b = Builder.make()
      const literal = (type: ReturnType<typeof f32>, data: TensorData) => {
        const x = b.parameter(`x${data.length}`, { _tag: "Batch" }, type)
        const constant = b.add("Constant", [], { ...type, data })
        b.output(`y${data.length}`, { _tag: "Outfeed" }, type.dtype === "bool" ? b.add("And", [x, constant], {}) : b.add("Add", [x, constant], {}))
        return numbers(type, data.length)
      }
      const large = f32(200, 100)
      const given = [
        literal(f32(2), Float32Array.of(7, 7)),
        literal(i32(3), Int32Array.of(1, -2, 2147483647)),
        literal(f32(0), new Float32Array(0)),
        literal(bool(1), Uint8Array.of(1)),
        literal(bool(5), Uint8Array.of(1, 0, 0, 1, 1)),
        literal(large, numbers(large, 3)),
        literal(bool(300, 300), numbers(bool(300, 300), 4))
      ]
      const graph = b.build()
      run(graph, given).forEach((found, i) => assertClose(found, evaluate(graph, given)[i]!, 0))
    })
  })
})
