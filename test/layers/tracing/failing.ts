/** Traces that must fail, and what their errors must say. */
import { assert } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect } from "effect"
import type { TraceError } from "../../../src/domain/Errors.ts"
import type { EstimatorSpec, ModelFn } from "../../../src/domain/Model.ts"
import * as TracerTfjs from "../../../src/layers/tracing/TracerTfjs.ts"
import { Tracer, type TraceRequest } from "../../../src/services/Tracer.ts"
import { lineOf } from "./programs.ts"

const request = (modelFn: ModelFn, more: Partial<TraceRequest<unknown>> = {}): TraceRequest<unknown> => ({
  modelFn,
  mode: "evaluate",
  params: {},
  replicas: 1,
  features: { x: { dtype: "float32", shape: [4, 3] } },
  labels: { dtype: "int32", shape: [4] },
  perReplicaBatchSize: 4,
  ...more
})

export const failing = (modelFn: ModelFn, more?: Partial<TraceRequest<unknown>>): Effect.Effect<TraceError, unknown> =>
  Effect.flip(Tracer.use((tracer) => tracer.trace(request(modelFn, more)))).pipe(Effect.provide(TracerTfjs.layer))

/** Reason, op, a piece of the user's line, and a piece of the advice. */
export const expectError = (error: TraceError, reason: TraceError["reason"], op: string | undefined, line: string, advice: RegExp) => {
  assert.strictEqual(error.reason, reason, error.message)
  assert.strictEqual(error.op, op, error.message)
  assert.include(lineOf(error), line, error.message)
  assert.match(error.detail, advice)
}

export const loss = (x: tf.Tensor): EstimatorSpec => ({ loss: tf.mean(x) })
