import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import * as Builder from "../../../src/domain/graph/Builder.ts"
import { evaluate } from "../../../src/domain/graph/Evaluate.ts"
import { partition } from "../../../src/domain/passes/partition/partition.ts"
import { partitionProgram } from "../../../src/domain/passes/partition/partitionProgram.ts"
import type { Program } from "../../../src/domain/Program.ts"
import { after, graphWith, ReplicatedArbitrary, variable } from "./graphs.ts"
import { assertCut, CutArbitrary, type DimsOf, shapesOf } from "./partitions.ts"

describe("any graph, cut any way, gives what it gave", () => {
  it.prop("programs on images", [CutArbitrary], ([{ cores, dims, graph }]) => void assertCut(graph, dims, cores, { exact: false }), {
    arbitrary: { runs: 600 }
  })
  const Dims = Arbitrary.schema(Schema.Literals(["2 1|2", "1 2|2", "1 3|3", "2 2|4", "1 2|", "2 1|"]))
  it.prop(
    "programs on matrices and vectors, with collectives and draws",
    [ReplicatedArbitrary, Dims],
    ([graph, text]) => {
      const [p0, p1] = text.split("|").map((part) => (part === "" ? undefined : part.split(" ").map(Number)))
      assertCut(graph, { p0: p0!, ...(p1 === undefined ? {} : { p1 }) }, p0![0]! * p0![1]!, { exact: false })
    },
    { arbitrary: { runs: 400 } }
  )
})

describe("products", () => {
  it("rows stay cut, and weights are whole on each core: nothing but the result moves", () => {
    const graph = graphWith({ x: [4, 3], w: [3, 5] }, (b, { x, w }) => [Builder.matMul(b, x!, w!)])
    const { report, ...cut } = assertCut(graph, { x: [2, 1] }, 2)
    assert.deepStrictEqual(shapesOf(cut, "MatMul"), [
      [2, 5],
      [2, 5]
    ])
    assert.deepInclude(report, { cutNodes: 1, wholeNodes: 0, movedElements: 10, largestShare: 0.5, busiestShare: 0.5 })
  })
  it("a cut inner axis gives partial products, which are added up", ({ expect }) => {
    const graph = graphWith({ x: [2, 5], w: [5, 3] }, (b, { x, w }) => [Builder.matMul(b, x!, w!)])
    expect(after((g) => partition(g, { cores: 2, dims: new Map([["x", [1, 2]]]) }).graph, graph)).toMatchInlineSnapshot(`
      "
      %0: f32[2,5] = Parameter index=0 "x" batch
      %1: f32[2,3] = Slice(%0) begin=[0,0] size=[2,3] strides=[1,1]
      %2: f32[2,2] = Slice(%0) begin=[0,3] size=[2,2] strides=[1,1]
      %3: f32[5,3] = Parameter index=1 "w" batch
      %4: f32[3,3] = Slice(%3) begin=[0,0] size=[3,3] strides=[1,1]
      %5: f32[2,3] = MatMul(%1, %4) transposeA=false transposeB=false
      %6: f32[2,3] = Slice(%3) begin=[3,0] size=[2,3] strides=[1,1]
      %7: f32[2,3] = MatMul(%2, %6) transposeA=false transposeB=false
      %8: f32[2,3] = Add(%5, %7)
      output outfeed "o0" %8
      "
    `)
    assert.deepInclude(assertCut(graph, { x: [1, 2] }, 2).report, { cutNodes: 1, movedElements: 12, largestShare: 0.6 })
  })
  it("of two cut operands the larger says how, and of the other only what belongs to it is read", () => {
    const graph = graphWith({ a: [2, 6, 4], b: [2, 4, 3] }, (b, { a, b: other }) => [Builder.matMul(b, a!, other!)])
    // both by the batch: no tile leaves its core but for the outfeed
    assert.strictEqual(assertCut(graph, { a: [2, 1, 1], b: [2, 1, 1] }, 2).report.movedElements, 18)
    assert.deepStrictEqual(shapesOf(assertCut(graph, { a: [1, 1, 2], b: [1, 1, 2] }, 2), "MatMul"), [
      [2, 6, 3],
      [2, 6, 3]
    ])
  })
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      it(`each axis of each operand, transposed or not (${transposeA}, ${transposeB})`, () => {
        const graph = graphWith({ a: transposeA ? [3, 5, 4] : [3, 4, 5], b: transposeB ? [1, 6, 5] : [1, 5, 6] }, (b, p) => [
          b.add("MatMul", [p["a"]!, p["b"]!], { transposeA, transposeB })
        ])
        const dims = [
          [1, 1, 3],
          [1, 3, 1],
          [3, 1, 1]
        ]
        for (const a of dims) assertCut(graph, { a }, 3)
        for (const b of dims.slice(0, 2)) assertCut(graph, { b }, 3)
      })
    }
  }
})

describe("reductions", () => {
  it("over a cut axis each core has a part, and the parts are put together", () => {
    for (const op of ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"] as const) {
      const graph = graphWith({ x: [5, 4] }, (b, { x }) => [Builder.reduce(b, op, x!, [0]), Builder.reduce(b, op, x!, [0, 1], true)])
      const { report, ...cut } = assertCut(graph, { x: [4, 1] }, 4, { exact: op !== "ReduceMean" && op !== "ReduceProd" })
      assert.strictEqual(report.cutNodes, 2)
      assert.deepStrictEqual(shapesOf(cut, op === "ReduceMean" ? "ReduceSum" : op), [[4], [4], [4], [1, 1], [1, 1], [1, 1]])
    }
  })
  it("all and any ask every core", () => {
    const graph = graphWith({ x: [4] }, (b, { x }) => {
      const positive = Builder.binary(b, "Greater", x!, Builder.scalar(b, "float32", 0))
      return [Builder.reduce(b, "ReduceAll", positive, [0]), Builder.reduce(b, "ReduceAny", positive, [0])]
    })
    const { graph: cut } = partition(graph, { cores: 2, dims: new Map([["x", [2]]]) })
    const found = (...x: ReadonlyArray<number>) => evaluate(cut, [Float32Array.from(x)]).map((data) => data[0])
    assert.deepStrictEqual(found(1, 1, 1, 1), [1, 1])
    assert.deepStrictEqual(found(-1, -1, 1, 1), [0, 1])
    assert.deepStrictEqual(found(1, 1, -1, -1), [0, 1])
    assert.deepStrictEqual(found(-1, -1, -1, -1), [0, 0])
  })
  it("a NaN on one core is a NaN of the whole", () => {
    const graph = graphWith({ x: [4] }, (b, { x }) => [Builder.reduce(b, "ReduceMax", x!, [0]), Builder.reduce(b, "ReduceMin", x!, [0])])
    const { graph: cut } = partition(graph, { cores: 2, dims: new Map([["x", [2]]]) })
    for (const at of [0, 3]) {
      const x = Float32Array.of(1, 2, 3, 4)
      x[at] = NaN
      assert.deepStrictEqual(
        evaluate(cut, [x]).map((data) => data[0]),
        [NaN, NaN]
      )
    }
  })
  it("rows are added up by id, look-ups are made and hot ones set on each core by itself", () => {
    const graph = graphWith({ x: [4, 3], table: [3, 2] }, (b, { table, x }) => {
      const ids = Builder.cast(b, b.add("Slice", [x!], { begin: [0, 0], size: [4, 1], strides: [1, 1] }), "int32")
      const row = Builder.reshape(b, b.add("Mod", [ids, Builder.fill(b, { dtype: "int32", shape: [4, 1] }, 3)], {}), [4])
      return [
        b.add("SegmentSum", [x!, row], { numSegments: 3 }),
        b.add("OneHot", [row], { depth: 3, onValue: 1, offValue: 0, dtype: "float32" }),
        b.add("Gather", [table!, row], { axis: 0 })
      ]
    })
    const { report, ...cut } = assertCut(graph, { x: [2, 1] }, 2)
    assert.strictEqual(report.wholeNodes, 0)
    for (const op of ["SegmentSum", "OneHot", "Gather"] as const) assert.strictEqual(shapesOf(cut, op).length, 2)
    // the columns of the rows
    assert.deepStrictEqual(shapesOf(assertCut(graph, { x: [1, 3] }, 3), "SegmentSum"), [
      [3, 1],
      [3, 1],
      [3, 1]
    ])
    assert.deepStrictEqual(shapesOf(assertCut(graph, { table: [1, 2] }, 2), "Gather"), [
      [4, 1],
      [4, 1]
    ])
  })
  it("a softmax is gathered along its axis only", () => {
    const graph = graphWith({ x: [4, 6] }, (b, { x }) => [b.add("Softmax", [x!], {})])
    assert.deepStrictEqual(shapesOf(assertCut(graph, { x: [2, 1] }, 2, { exact: false }), "Softmax"), [
      [2, 6],
      [2, 6]
    ])
    // two of the four cores have the rows: each reads half of one, and one of them gives its result to the other
    const { report } = assertCut(graph, { x: [2, 2] }, 4, { exact: false })
    assert.deepInclude(report, { cutNodes: 1, movedElements: 6 + 6 + 12 })
  })
})

describe("what moves", () => {
  it("reshapes, transposes, slices, pads and reversals move nothing", () => {
    const graph = graphWith({ x: [2, 6, 4] }, (b, { x }) => {
      const flat = Builder.reshape(b, x!, [2, 24])
      const turned = b.add("Reverse", [Builder.transpose(b, x!, [1, 2, 0])], { axes: [0] })
      const cut = b.add("Slice", [turned], { begin: [1, 0, 0], size: [3, 4, 2], strides: [2, 1, 1] })
      const padded = b.add("Pad", [cut], {
        paddings: [
          [2, 1],
          [0, 0],
          [0, 1]
        ],
        value: 3
      })
      return [Builder.reduce(b, "ReduceSum", flat, [0, 1]), Builder.reduce(b, "ReduceSum", padded, [0, 1, 2])]
    })
    const { report } = assertCut(graph, { x: [1, 2, 1] }, 2)
    assert.deepInclude(report, { wholeNodes: 0, cutNodes: 7, movedElements: 4 })
  })
  it("what two nodes read of another core goes there once", () => {
    const attrs = {
      strides: [1, 1],
      padding: [
        [1, 1],
        [0, 0]
      ],
      dilations: [1, 1]
    } as const
    const graph = graphWith({ x: [1, 6, 5, 1], v: [3, 1, 1, 1], w: [3, 1, 1, 1] }, (b, { v, w, x }) =>
      [v!, w!].map((filter) => Builder.reduce(b, "ReduceSum", b.add("Conv2D", [x!, filter], attrs), [0, 1, 2, 3]))
    )
    // a row of 5 each way, and two scalars that are added up
    assert.strictEqual(assertCut(graph, { x: [1, 2, 1, 1] }, 2).report.movedElements, 2 * 5 + 2 * 2)
  })
  it("an axis that a reshape interleaves is gathered", () => {
    const graph = graphWith({ x: [2, 6, 4] }, (b, { x }) => [b.add("Neg", [Builder.reshape(b, x!, [2, 24])], {})])
    const { report } = assertCut(graph, { x: [1, 1, 2] }, 2)
    assert.deepStrictEqual([...report.wholeOps.keys()].toSorted(), ["Neg", "Reshape"])
  })
  it("random draws are whole, and the same bits", () => {
    const graph = graphWith({ x: [4, 2] }, (b, { x }) => {
      const key = b.parameter("random_key", { _tag: "State", kind: "random", trainable: false }, { dtype: "int32", shape: [3] })
      b.output("random_key", { _tag: "State" }, key)
      return [b.add("Add", [x!, b.add("RandomNormal", [key], { shape: [4, 2], draw: 0 })], {})]
    })
    const { report, ...cut } = assertCut(graph, { x: [2, 1] }, 2)
    assert.deepStrictEqual(shapesOf(cut, "RandomNormal"), [[4, 2]])
    assert.deepStrictEqual([...report.wholeOps], [["RandomNormal", 1]])
  })
  it("the successor of a state goes to every core, an outfeed to core 0", () => {
    const graph = graphWith({ x: [6] }, (b, { x }) => {
      const state = variable(b, "w", [6])
      const y = b.add("Add", [x!, state], {})
      b.output("w", { _tag: "State" }, y)
      return [Builder.unary(b, "Neg", x!)]
    })
    assert.strictEqual(assertCut(graph, { x: [3] }, 3).report.movedElements, 6 * 2 + 4)
  })
})

it("[row 194] parts may be uneven, and empty: cores without one have nothing to do", () => {
  const graph = graphWith({ x: [5, 2] }, (b, { x }) => [Builder.unary(b, "Neg", x!)])
  const { report, ...cut } = assertCut(graph, { x: [4, 1] }, 4)
  assert.deepStrictEqual(shapesOf(cut, "Neg"), [
    [2, 2],
    [2, 2],
    [1, 2]
  ])
  assert.strictEqual(report.largestShare, 0.4)
  // one part has everything: the value is whole
  const single = graphWith({ x: [1, 2] }, (b, { x }) => [Builder.unary(b, "Neg", x!)])
  assert.deepInclude(assertCut(single, { x: [4, 1] }, 4).report, { cutNodes: 0, wholeNodes: 1, movedElements: 0, largestShare: 1, busiestShare: 1 })
  assertCut(
    graphWith({ x: [0, 2] }, (b, { x }) => [Builder.unary(b, "Neg", x!)]),
    { x: [4, 1] },
    4
  )
})

describe("programs", () => {
  const step = graphWith({ x: [4, 2] }, (b, { x }) => [Builder.unary(b, "Neg", x!)])
  const program = (dims: DimsOf | undefined): Program => ({
    mode: "predict",
    step,
    init: Builder.make().build(),
    ...(dims === undefined ? {} : { partition: { cores: 2, dims: new Map(Object.entries(dims)) } })
  })
  const failure = (dims: DimsOf) => {
    const result = partitionProgram(program(dims))
    return Result.isFailure(result) ? result.failure.message : assert.fail("expected a failure")
  }
  it("the step of a program with a partition is cut, any other is left as it is", () => {
    const cut = Result.getOrThrow(partitionProgram(program({ x: [2, 1] })))
    assert.isUndefined(cut.program.partition)
    assert.strictEqual(shapesOf(cut.program.step, "Neg").length, 2)
    assert.strictEqual(cut.report?.cutNodes, 1)
    const plain = program(undefined)
    assert.strictEqual(Result.getOrThrow(partitionProgram(plain)).program, plain)
  })
  it("[row 193] dims that do not fit the leaf are a failure that names it", () => {
    assert.include(failure({ y: [2, 1] }), 'cuts a batch leaf "y"; expected one of x')
    assert.include(failure({ x: [2] }), "1 entries for f32[4,2]")
    assert.include(failure({ x: [2, 2] }), "they make 4 parts, but a replica has 2 cores")
    assert.include(failure({ x: [1, 1] }), "leave a leaf out that is not cut")
    assert.throws(() => partition(step, { cores: 2, dims: new Map([["x", [4, 1]]]) }), "cannot be cut into [4,1] parts on 2 cores")
  })
})

it("selection, bits and barriers are cut too", () => {
  const graph = graphWith({ x: [4, 6], y: [4, 6] }, (b, { x, y }) => {
    const int = Builder.cast(b, x!, "int32")
    return [
      b.add("TopKValues", [x!], { k: 2 }),
      b.add("TopKIndices", [x!], { k: 2 }),
      b.add("BitwiseAnd", [int, Builder.cast(b, y!, "int32")], {}),
      b.add("Barrier", [Builder.unary(b, "Neg", x!), y!], {})
    ]
  })
  for (const dims of [
    [2, 1],
    [1, 2],
    [4, 1]
  ]) {
    const { report } = assertCut(graph, { x: dims, y: dims }, dims[0]! * dims[1]!)
    // a top-k over a cut axis needs all of it
    assert.deepStrictEqual([...report.wholeOps.keys()], dims[1] === 1 ? [] : ["TopKValues", "TopKIndices"])
  }
})
