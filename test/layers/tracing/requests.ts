/** Requests, batches and comparisons that the tests of tracing share. */
import { assert } from "@effect/vitest"
import type { ModelFn } from "../../../src/domain/Model.ts"
import { type Program, stateLeaves } from "../../../src/domain/Program.ts"
import { trace } from "../../../src/layers/tracing/trace.ts"
import type { TraceRequest } from "../../../src/services/Tracer.ts"

export const rows = 4
export const request = (modelFn: ModelFn, more: Partial<TraceRequest<unknown>> = {}): TraceRequest<unknown> => ({
  modelFn,
  mode: "train",
  params: {},
  replicas: 1,
  features: { x: { dtype: "float32", shape: [rows, 3] } },
  labels: { dtype: "int32", shape: [rows] },
  perReplicaBatchSize: rows,
  ...more
})
export const programOf = (modelFn: ModelFn, more?: Partial<TraceRequest<unknown>>): Program => trace(request(modelFn, more)).program
export const names = (program: Program) => stateLeaves(program.step).map((l) => l.name)

export const wave = (n: number, seed: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(1.7 * i + seed) * 1.5)
export const batch = (seed: number, n = rows) => [
  wave(n * 3, seed),
  Int32Array.from({ length: n }, (_, i) => (i + seed) % 2),
  new Float32Array(n).fill(1)
]

export const close = (got: ArrayLike<number>, wanted: ArrayLike<number>, what: string, tolerance = 1e-5) => {
  assert.strictEqual(got.length, wanted.length, what)
  for (let i = 0; i < got.length; i++) assert.closeTo(got[i]!, wanted[i]!, tolerance, `${what}[${i}]`)
}
