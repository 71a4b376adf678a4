/** Two roads to the same training step: TensorFlow.js's own gradients through the tracer, and a backward pass written by hand as ONNX. */
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Stream } from "effect"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ort from "onnxruntime-node"
import * as ortLoop from "../../bench/harness/ortLoop.ts"
import * as transformerXl from "../../bench/model/transformerXlEstimator.ts"
import { ortStep } from "../../bench/peers/ortStep.ts"
import * as Workload from "../../bench/peers/Workload.ts"
import * as EstimatorTest from "../../src/EstimatorTest.ts"
import * as Estimator from "../../src/programs/Estimator.ts"

const sizes: Workload.Sizes = {
  ...Workload.sizesFromEnvironment(),
  ...{ layers: 2, modelWidth: 16, heads: 2, headWidth: 8, innerWidth: 24, target: 5, memory: 7, batch: 3, vocabulary: 13 },
  ...{ learningRate: 0.01, threads: 1 }
}
const steps = 12

const byHand = (directory: string) =>
  Effect.promise(async () => {
    const weights = Workload.readWeights(directory, sizes)
    const { x, y } = Workload.readTokens(directory, sizes)
    const ids = (data: Int32Array) => new ort.Tensor("int32", data, [sizes.batch, sizes.target])
    const graph = ortStep(sizes)
    const burst = await ortLoop.make({
      bytes: graph.bytes,
      threads: 1,
      state: [...graph.state].map(([name, shape]) => ({ name, shape, initial: weights.get(name.replace(/^p\./, "")) })),
      batches: x.map((data, i) => ({ x: ids(data), y: ids(y[i]!) }))
    })
    return (await burst(steps)).losses
  })

const byEstimator = Effect.fnUntraced(function* (directory: string) {
  const losses: Array<number> = []
  yield* Estimator.train(transformerXl.make(sizes, directory, 1), {
    input: Stream.forever(Stream.fromIterable(transformerXl.batches(sizes, directory))),
    steps,
    hooks: [
      {
        name: "losses",
        afterRun: (_, values) =>
          Effect.sync(() => {
            losses.push(...values.losses)
            return "continue" as const
          })
      }
    ]
  })
  return losses
})

it.effect("the traced Transformer-XL trains as the hand-written one, with memory and clipping", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const directory = yield* fs.makeTempDirectoryScoped()
    Workload.write(directory, sizes)
    const expected = yield* byHand(directory)
    const losses = yield* byEstimator(directory)
    assert.strictEqual(losses.length, steps)
    assert.isBelow(losses.at(-1)!, losses[0]! - 0.1)
    losses.forEach((loss, i) => assert.closeTo(loss, expected[i]!, 2e-5, `step ${i}`))
  }).pipe(Effect.provide(Layer.merge(EstimatorTest.layer(), NodeServices.layer)))
)
