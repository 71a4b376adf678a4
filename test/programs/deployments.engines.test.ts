/** Transformer-XL with its rows spread over cores and hosts: the losses of the plain run with the same data order. */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { program as transformerXl } from "../../examples/transformer-xl/main.ts"
import { DeviceOnnx, DeviceTopology, Estimator, EstimatorTest, Input, type Tensor } from "../../src/index.ts"
import { recordLosses } from "./models.ts"

const parts = transformerXl.make({
  ...transformerXl.params,
  layers: 2,
  width: 16,
  heads: 2,
  inner: 32,
  memory: 8,
  segment: 8,
  batch: 8,
  learningRate: 3e-3
})
/** The text in 8 rows, as the plain run reads it. */
const text = parts.train as Input.InputSource<unknown>

const slice = ({ data, dtype, shape }: Tensor.Tensor, from: number, count: number): Tensor.Tensor => {
  const width = shape[1]!
  return { dtype, shape: [count, width], data: data.slice(from * width, (from + count) * width) }
}
const rowsOf = ({ features, labels }: Input.Example, from: number, count: number): Input.Example => ({
  // the example's training batches are one tensor of features and one of labels
  features: slice(features as Tensor.Tensor, from, count),
  labels: slice(labels as Tensor.Tensor, from, count)
})

/** Each call's own rows of the text: those of its replicas, whole or one replica's after another's. */
const input =
  (perReplica: boolean): Input.InputFn<unknown> =>
  ({ batchSize, invocation, replicasFed }) => {
    if (!perReplica) {
      const own = ({ example, position }: Input.PositionedExample) => ({ example: rowsOf(example, invocation * batchSize, batchSize), position })
      return Input.make((from) => Stream.map(text.batches(from), own))
    }
    const first = invocation * replicasFed
    return Stream.flatMap(text.batches(undefined), ({ example }) =>
      Stream.fromIterable(Array.from({ length: replicasFed }, (_, i) => rowsOf(example, (first + i) * batchSize, batchSize)))
    )
  }

type Mode = "PerShard" | "PerHostV1" | "PerHostV2" | "Broadcast"

const lossesOf = (options: { readonly mode?: Mode; readonly hosts?: number; readonly cores?: number; readonly maxSteps?: number }) =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const { mode, maxSteps = 4 } = options
    const estimator = {
      ...parts.estimator,
      trainBatchSize: 8,
      config: { iterationsPerLoop: 2, ...(mode === undefined ? {} : { tpu: { perHostInput: mode } }) }
    }
    const given = mode === undefined ? parts.train! : input(mode === "PerHostV2")
    yield* Estimator.train(estimator, { input: given, maxSteps, hooks: [recordLosses(losses)] })
    return losses
  }).pipe(Effect.provide(DeviceTopology.layer({ hosts: options.hosts ?? 1, coresPerHost: options.cores ?? 1 })))

const agree = (a: ReadonlyArray<number>, b: ReadonlyArray<number>, name: string) => {
  assert.strictEqual(a.length, b.length)
  for (const [i, loss] of a.entries()) assert.closeTo(loss, b[i]!, 1e-4, `${name}, step ${i + 1}`)
}

const reference = (replicas: number) => Layer.mergeAll(EstimatorTest.layer({ replicas }), NodeServices.layer)
const onnx = (replicas: number) => Layer.mergeAll(Layer.provideMerge(DeviceOnnx.layer({ replicas }), EstimatorTest.layer()), NodeServices.layer)

const topologies = [
  { mode: "PerShard", hosts: 1, cores: 8 },
  { mode: "PerHostV1", hosts: 1, cores: 8 },
  { mode: "PerHostV1", hosts: 2, cores: 4 },
  { mode: "PerHostV2", hosts: 1, cores: 8 },
  { mode: "PerHostV2", hosts: 2, cores: 4 },
  { mode: "Broadcast", hosts: 2, cores: 1 }
] as const

const sameLosses = (engine: (replicas: number) => typeof reference extends (n: number) => infer L ? L : never) =>
  Effect.gen(function* () {
    const plain = yield* lossesOf({}).pipe(Effect.provide(engine(1)))
    assert.strictEqual(new Set(plain).size, 4)
    for (const { cores, hosts, mode } of topologies) {
      const losses = yield* lossesOf({ mode, hosts, cores }).pipe(Effect.provide(engine(hosts * cores)))
      agree(losses, plain, `${mode}, ${hosts} × ${cores}`)
    }
  })

it.live(
  "[row 68] [row 69] [row 71] [row 72] [row 74] Transformer-XL, reference engine: the losses of the plain run on 1 × 8 and 2 × 4 cores, in every mode",
  () => sameLosses(reference),
  180_000
)

it.live(
  "[row 68] [row 69] [row 71] [row 72] [row 74] Transformer-XL, ONNX engine: the losses of the plain run on 1 × 8 and 2 × 4 cores, in every mode",
  () => sameLosses(onnx),
  180_000
)

it.live(
  "[row 72] rows that are given to other replicas mix the memories, and the losses differ",
  () =>
    Effect.gen(function* () {
      const { estimator } = parts
      const swapping: Input.InputFn<unknown> = ({ batchSize, replicasFed }) =>
        text.batches(undefined).pipe(
          Stream.zipWithIndex,
          // the same rows in every step, but in odd steps from the last to the first
          Stream.flatMap(([{ example }, k]) =>
            Stream.fromIterable(
              Array.from({ length: replicasFed }, (_, i) => rowsOf(example, (k % 2 === 0 ? i : replicasFed - 1 - i) * batchSize, batchSize))
            )
          )
        )
      const run = (given: Input.Input<unknown>) =>
        Effect.gen(function* () {
          const losses: Array<number> = []
          const config = { iterationsPerLoop: 1, tpu: { perHostInput: "PerHostV2" } } as const
          yield* Estimator.train({ ...estimator, trainBatchSize: 8, config }, { input: given, maxSteps: 3, hooks: [recordLosses(losses)] })
          return losses
        }).pipe(Effect.provide(reference(2)))
      const inOrder = yield* run(input(true))
      const swapped = yield* run(swapping)
      assert.closeTo(swapped[0]!, inOrder[0]!, 1e-5)
      assert.isAbove(Math.abs(swapped[2]! - inOrder[2]!), 1e-5)
    }),
  60_000
)
