/** What MetricSinkTensorboard writes, read back by TensorBoard: by its EventAccumulator, and through its server as the page does. */
import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Layer, Stream } from "effect"
import type { RunEvent } from "../../src/domain/Events.ts"
import {
  CrossReplicaOptimizer,
  Estimator,
  EstimatorTest,
  Hook,
  MetricSinkTensorboard,
  type Model,
  Summaries,
  Summary,
  Tensor
} from "../../src/index.ts"
import { recordEvents } from "../programs/models.ts"
import { ask, patience, temporary, withPeers } from "./peer.ts"

interface Run {
  readonly scalars: { readonly [tag: string]: ReadonlyArray<readonly [step: number, value: number]> }
  /** Each: step, min, max, num, sum, sum of squares, limits, counts. */
  readonly histograms: { readonly [tag: string]: ReadonlyArray<ReadonlyArray<unknown>> }
  readonly images: { readonly [tag: string]: ReadonlyArray<unknown> }
  readonly texts: { readonly [tag: string]: ReadonlyArray<unknown> }
  readonly graph: ReadonlyArray<readonly [name: string, op: string, inputs: ReadonlyArray<string>]>
}

interface Answer {
  readonly runs: { readonly [name: string]: Run }
  readonly page: {
    readonly scalars: { readonly [run: string]: ReadonlyArray<string> }
    readonly histograms: { readonly [run: string]: ReadonlyArray<string> }
    readonly images: { readonly [run: string]: ReadonlyArray<string> }
    readonly text: { readonly [run: string]: ReadonlyArray<string> }
    readonly graphs: ReadonlyArray<string>
    readonly hparams: {
      readonly sessionGroups: ReadonlyArray<{ readonly hparams: unknown; readonly sessions: ReadonlyArray<{ readonly status: string }> }>
    }
  }
}

const modelFn: Model.ModelFn<{ readonly rate: number; readonly kind: string }> = ({ features, labels, mode, params, summary, variables }) => {
  const hidden = tf.tanh(tf.matMul(features as tf.Tensor2D, variables.get("hidden/w", [3, 4]) as tf.Tensor2D))
  const lossOf = () => {
    const y = tf.matMul(
      tf.tanh(tf.matMul(features as tf.Tensor2D, variables.get("hidden/w", [3, 4]) as tf.Tensor2D)),
      variables.get("out/w", [4, 1]) as tf.Tensor2D
    )
    summary.histogram("residuals", tf.sub(y, labels))
    return tf.mean<tf.Scalar>(tf.square(tf.sub(y, labels)))
  }
  const loss = mode === "train" ? new CrossReplicaOptimizer(tf.train.adam(params.rate)).minimize(lossOf) : lossOf()
  summary.scalar("activity", tf.mean(hidden))
  summary.image("hidden", tf.reshape(tf.abs(hidden), [-1, 2, 2, 1]), { maxOutputs: 2 })
  const call = (_: object, step: number) => Summaries.write(step, [Summary.text("progress", `step **${step}**`), Summary.text("list", ["é", "b"])])
  return { loss, hostCall: { tensors: {}, everySteps: 4, call } }
}

const batch = {
  features: Tensor.make(
    Float32Array.from({ length: 18 }, (_, i) => Math.sin(i)),
    [6, 3]
  ),
  labels: Tensor.make(
    Float32Array.from({ length: 6 }, (_, i) => Math.cos(i)),
    [6, 1]
  )
}
const input = Stream.forever(Stream.succeed(batch))

/** Trains eight steps in two runs and evaluates once; gives what was emitted. */
const trained = (modelDir: string) =>
  Effect.gen(function* () {
    const events: Array<RunEvent> = []
    const estimator = Estimator.make({
      modelFn,
      params: { rate: 0.05, kind: "small" },
      config: { modelDir, iterationsPerLoop: 1, logStepCountSteps: 2, saveSummarySteps: 3 }
    })
    const hooks = [
      Hook.summarySaver({
        everySteps: 4,
        summaries: ({ readState }) => Effect.map(readState, (state) => Summary.histograms(state, /^(hidden|out)\/w$/))
      })
    ]
    const sinks = Layer.provideMerge(MetricSinkTensorboard.layer, recordEvents(events))
    yield* Estimator.train(estimator, { input, maxSteps: 5, hooks }).pipe(Effect.provide(sinks))
    yield* Estimator.train(estimator, { input, maxSteps: 8, hooks }).pipe(Effect.provide(sinks))
    yield* Estimator.evaluate(estimator, { input: Stream.make(batch), name: "held" }).pipe(Effect.provide(sinks))
    return events
  })

/** What each tag must have, by step: the first of equal name and step counts. */
const scalarsOf = (events: ReadonlyArray<RunEvent>, kinds: ReadonlyArray<RunEvent["event"]>) => {
  const all: Record<string, Array<readonly [number, number]>> = {}
  for (const event of events) {
    if (!kinds.includes(event.event) || !("step" in event)) continue
    const values =
      event.event === "summary"
        ? event.scalars
        : event.event === "train" || event.event === "eval"
          ? { loss: event.loss, ppl: event.ppl, bpc: event.bpc }
          : {}
    for (const [name, value] of Object.entries(values)) {
      const list = (all[name] ??= [])
      if (list.at(-1)?.[0] !== event.step) list.push([event.step, Math.fround(value)])
    }
  }
  return all
}

const histogramsOf = (events: ReadonlyArray<RunEvent>) => {
  const all: Record<string, Array<ReadonlyArray<unknown>>> = {}
  for (const event of events) {
    for (const summary of event.event === "summary" ? (event.summaries ?? []) : []) {
      if (summary._tag !== "Histogram") continue
      const { count, counts, limits, max, min, sum, sumSquares } = summary.histogram
      ;(all[summary.name] ??= []).push([(event as { readonly step: number }).step, min, max, count, sum, sumSquares, limits, counts])
    }
  }
  return all
}

withPeers("TensorBoard", () => {
  it.effect(
    "gives back every scalar, histogram and text, the images, the graph and the hyperparameters",
    () =>
      Effect.gen(function* () {
        const logdir = yield* temporary
        const events = yield* trained(logdir).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })))
        const { page, runs } = yield* ask<Answer>("readEvents.py", { logdir })
        const split = events.findIndex((event) => event.event === "begin" && event.mode === "evaluate")
        const [training, evaluation] = [events.slice(0, split), events.slice(split)]
        assert.deepStrictEqual(Object.keys(runs).sort(), [".", "eval_held"])
        const { scalars } = runs["."]!
        const named = scalarsOf(training, ["train", "summary"])
        assert.deepStrictEqual(Object.keys(named).sort(), ["activity", "bpc", "loss", "ppl"])
        assert.deepStrictEqual(Object.fromEntries(Object.keys(named).map((tag) => [tag, scalars[tag]])), named)
        assert.deepStrictEqual(scalarsOf(evaluation, ["eval", "summary"]), runs["eval_held"]!.scalars)
        const histograms = histogramsOf(training)
        assert.deepStrictEqual(Object.keys(histograms).sort(), ["hidden/w", "out/w", "residuals"])
        assert.deepStrictEqual(runs["."]!.histograms, histograms)
        assert.deepStrictEqual(runs["."]!.texts, {
          progress: [1, 5, 6].map((step) => [step, [`step **${step}**`]]),
          list: [1, 5, 6].map((step) => [step, ["é", "b"]])
        })
        assert.deepStrictEqual(runs["."]!.images["hidden/1"]!.at(-1), [6, 2, 2, "PNG"])
        const graph = runs["."]!.graph
        assert.isTrue(graph.some(([name, op]) => name === "variable/hidden/w" && op === "Parameter"))
        assert.isTrue(graph.some(([name, op]) => name.startsWith("tensorboard.test.ts_") && op === "MatMul"))
        const all = new Set(graph.map(([name]) => name))
        for (const [name, , inputs] of graph) for (const of of inputs) assert.isTrue(all.has(of), `${name} of ${of}`)
        assert.includeMembers([...page.scalars["."]!], ["loss", "activity"])
        assert.deepStrictEqual(page.histograms["."], ["hidden/w", "out/w", "residuals"])
        assert.deepStrictEqual(page.images["."], ["hidden/0", "hidden/1"])
        assert.deepStrictEqual([...page.text["."]!].sort(), ["list", "progress"])
        assert.includeMembers([...page.graphs], ["."])
        assert.deepStrictEqual(page.hparams.sessionGroups[0]!.hparams, { kind: "small", rate: 0.05 })
        assert.strictEqual(page.hparams.sessionGroups[0]!.sessions[0]!.status, "STATUS_SUCCESS")
      }),
    patience
  )
})
