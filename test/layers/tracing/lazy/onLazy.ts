/** Runs a piece of TensorFlow.js on the lazy backend, with every evaluation seen. */
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer } from "effect"
import type { Graph } from "../../../../src/domain/graph/Graph.ts"
import * as EvaluatorOnnx from "../../../../src/layers/device/EvaluatorOnnx.ts"
import * as EvaluatorReference from "../../../../src/layers/device/EvaluatorReference.ts"
import * as LazyBackend from "../../../../src/layers/tracing/lazy/LazyBackend.ts"
import { Evaluator, type Statistics } from "../../../../src/services/Evaluator.ts"

export const engines = { reference: EvaluatorReference.layer(), onnx: EvaluatorOnnx.layer() } as const

export interface Seen {
  /** The graphs evaluated, in order. */
  readonly graphs: Array<Graph>
  readonly compilations: () => Statistics
}

/** Names of the ops of a graph that compute something. */
export const opsOf = (graph: Graph): ReadonlyArray<string> => graph.nodes.map(({ op }) => op).filter((op) => op !== "Parameter")

/** `body` with the backend set; afterwards the scope is closed. */
export const onLazy = <A>(engine: keyof typeof engines, body: (seen: Seen) => A | PromiseLike<A>, options: LazyBackend.Options = {}): Promise<A> => {
  const graphs: Array<Graph> = []
  let compilations: Seen["compilations"] = () => ({ compiled: 0, reused: 0, kept: 0 })
  const watched = Layer.effect(
    Evaluator,
    Effect.map(Evaluator, (inner) => {
      compilations = inner.statistics
      return Evaluator.of({ ...inner, evaluateSync: (graph, parameters) => (graphs.push(graph), inner.evaluateSync(graph, parameters)) })
    })
  ).pipe(Layer.provide(engines[engine]))
  const run = Effect.promise(async () => {
    tf.engine().startScope()
    try {
      return await body({ graphs, compilations: () => compilations() })
    } finally {
      tf.engine().endScope()
    }
  })
  return Effect.runPromise(run.pipe(Effect.provide(LazyBackend.layerWith(options).pipe(Layer.provide(watched)))))
}
