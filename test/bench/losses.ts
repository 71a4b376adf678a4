/** The bench's Transformer-XL, small, as a program: its losses on an engine. */
import { Effect, Layer, Stream } from "effect"
import * as transformerXl from "../../bench/model/transformerXlEstimator.ts"
import * as Workload from "../../bench/peers/Workload.ts"
import * as EstimatorNode from "../../src/EstimatorNode.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import type { Device } from "../../src/services/Device.ts"

export const sizesOf = (batch: number): Workload.Sizes => ({
  ...Workload.sizesFromEnvironment(),
  ...{ layers: 2, modelWidth: 16, heads: 2, headWidth: 8, innerWidth: 24, target: 5, memory: 7, batch, vocabulary: 13 },
  ...{ learningRate: 0.01, threads: 1 }
})

/** Of so many steps; the workload's files are in `directory` (`Workload.write`). */
export const lossesOn = Effect.fnUntraced(function* (directory: string, sizes: Workload.Sizes, device: Layer.Layer<Device>, steps: number) {
  const losses: Array<number> = []
  const collect = (values: { readonly losses: ArrayLike<number> }) =>
    Effect.sync(() => {
      losses.push(...Array.from(values.losses))
      return "continue" as const
    })
  yield* Estimator.train(transformerXl.make(sizes, directory, 8), {
    input: Stream.forever(Stream.fromIterable(transformerXl.batches(sizes, directory))),
    steps,
    hooks: [{ name: "losses", afterRun: (_, values) => collect(values) }]
  }).pipe(Effect.provide(Layer.merge(EstimatorNode.layer, device)))
  return losses
})
