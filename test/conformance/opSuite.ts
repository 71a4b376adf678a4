/** Every op on an engine, against the reference's values. */
import { assert, describe, it } from "@effect/vitest"
import { evaluate } from "../../src/domain/graph/Evaluate.ts"
import type { Graph } from "../../src/domain/graph/Graph.ts"
import { type OpName, randomOps } from "../../src/domain/graph/ops.ts"
import type { TensorData } from "../../src/domain/Tensor.ts"
import { assertClose, build, type Case } from "./opCase.ts"
import { opCases } from "./opCases.ts"

/** Parameters in, outputs out. */
export type Evaluation = (graph: Graph, parameters: ReadonlyArray<TensorData>) => ReadonlyArray<TensorData>

export interface OpSuiteOptions {
  /** May loosen a case's where the engine computes otherwise, with the reason there. */
  readonly tolerance?: (c: Case) => number
  /** All cases in one graph, for an engine that takes long to compile. */
  readonly together?: boolean
}

/** Registers the suite for the ops that the engine has. */
export const opSuite = (
  name: string,
  opNames: ReadonlyArray<OpName>,
  evaluation: Evaluation,
  { together = false, tolerance = (c) => c.tolerance }: OpSuiteOptions = {}
): void => {
  let all: ReadonlyArray<TensorData> | undefined
  const resultOf = (c: Case, k: number): TensorData => {
    if (!together) return evaluation(build(c), c.data)[0]!
    all ??= evaluation(
      build(...opCases),
      opCases.flatMap(({ data }) => data)
    )
    return all[k]!
  }
  describe(`ops of ${name} give the reference's values`, () => {
    for (const [k, c] of opCases.entries()) {
      it(`${c.op} ${c.what} ${c.types.map((t) => `[${t.shape}]`).join(" ")}`, () => {
        assertClose(resultOf(c, k), evaluate(build(c), c.data)[0]!, tolerance(c))
      })
    }

    it("has a case for every op it lowers", () => {
      const given: ReadonlySet<string> = new Set(["Parameter", ...randomOps])
      const tried = new Set(opCases.map((c) => c.op))
      assert.deepStrictEqual(
        opNames.filter((op) => !tried.has(op) && !given.has(op)),
        []
      )
    })
  })
}
