/** Replicas of several cores, cut by XLA: losses and state of the reference's simulated cores, and of one core. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import mnist from "../../../../examples/mnist/main.ts"
import transformerXl from "../../../../examples/transformer-xl/main.ts"
import type { State } from "../../../../src/domain/Program.ts"
import { DevicePjrt, DeviceReference, Estimator, EstimatorTest } from "../../../../src/index.ts"
import type { Device } from "../../../../src/services/Device.ts"
import type { Hook } from "../../../../src/services/Hooks.ts"
import { recordLosses } from "../../../programs/models.ts"
import { withXla } from "./available.ts"

interface Outcome {
  readonly losses: ReadonlyArray<number>
  readonly state: State
}

const maxSteps = 3

const configOf = (cores: number, inputPartitionDims: ReadonlyArray<ReadonlyArray<number> | null>) => ({
  iterationsPerLoop: 2,
  logStepCountSteps: 0,
  // the counts of the tests are among those that can be
  ...(cores === 1 ? {} : { tpu: { perHostInput: "PerHostV2", numCoresPerReplica: cores as 2, inputPartitionDims } as const })
})

/** Losses of all steps, and the state after the last. */
const recording = () => {
  const losses: Array<number> = []
  let state: State = new Map()
  const last: Hook = { name: "last", end: ({ readState }) => Effect.map(Effect.orDie(readState), (read) => void (state = read)) }
  return { hooks: [recordLosses(losses), last], outcome: (): Outcome => ({ losses, state }) }
}

/** Images that are cut by height: 28 rows, 24, 12, 10 and 5 through the layers. */
const images = (cores: number) => {
  const { estimator, train } = mnist.make({ ...mnist.params, filters: 2, batch: 8 })
  const { hooks, outcome } = recording()
  const config = configOf(cores, [[1, cores, 1, 1], null])
  return Effect.map(Estimator.train({ ...estimator, config }, { input: train!, maxSteps, hooks }), outcome)
}

/** Texts that are cut by rows, each with its memory, and with dropout. */
const texts = (cores: number) => {
  const small = { layers: 1, width: 16, heads: 2, inner: 32, memory: 8, segment: 8, batch: 8, dropout: 0.1 }
  const { estimator, train } = transformerXl.make({ ...transformerXl.params, ...small })
  const { hooks, outcome } = recording()
  const rows = [cores, 1]
  return Effect.map(Estimator.train({ ...estimator, config: configOf(cores, [rows, rows]) }, { input: train!, maxSteps, hooks }), outcome)
}

const on = (device: Layer.Layer<Device>) => Effect.provide(Layer.mergeAll(Layer.provideMerge(device, EstimatorTest.layer()), NodeServices.layer))

const assertClose = (actual: Outcome, expected: Outcome, of: string) => {
  assert.strictEqual(expected.losses.length, maxSteps)
  expected.losses.forEach((loss, i) => assert.closeTo(actual.losses[i]!, loss, 1e-5, `${of}: loss ${i}`))
  assert.deepStrictEqual([...actual.state.keys()], [...expected.state.keys()])
  for (const [name, { data }] of expected.state) {
    const got = actual.state.get(name)!.data
    data.forEach((value, i) => assert.closeTo(got[i]!, value, 1e-5, `${of}: ${name}[${i}]`))
  }
}

withXla("replicas of several cores on XLA", () => {
  describe("replicas of several cores on XLA", () => {
    for (const [model, train] of [
      ["a convolutional net", images],
      ["a Transformer-XL", texts]
    ] as const) {
      for (const replicas of [1, 2]) {
        it.live(
          `[row 189] train ${model} as one core and as the reference's cores do, ${replicas} × 2 and ${replicas} × 4`,
          () =>
            Effect.gen(function* () {
              const xla = DevicePjrt.layer({ replicas, cache: false })
              const whole = yield* on(xla)(train(1))
              for (const cores of [2, 4]) {
                const cut = yield* on(xla)(train(cores))
                assertClose(cut, whole, `one core and ${cores}`)
                assertClose(cut, yield* on(DeviceReference.layer({ replicas }))(train(cores)), `the reference's ${cores} cores`)
              }
            }),
          300_000
        )
      }
    }
  })
})
