/** The problem of `golden.json` (written by `test/interop/optimizers.py`), trained by a program and eagerly. */
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Stream } from "effect"
import { readFileSync } from "node:fs"
import type { Example } from "../../../../src/domain/Input.ts"
import type { ModelFn, ModelInput, VariableScope } from "../../../../src/domain/Model.ts"
import { make as tensor, type TensorData } from "../../../../src/domain/Tensor.ts"
import { Estimator } from "../../../../src/index.ts"
import { CrossReplicaOptimizer, type CrossReplicaOptions } from "../../../../src/layers/tracing/CrossReplicaOptimizer.ts"
import { runEagerly } from "../../../../src/layers/tracing/runEagerly.ts"
import { makeEagerVariables } from "../../../../src/layers/tracing/variables.ts"
import { CheckpointStore } from "../../../../src/services/CheckpointStore.ts"
import { recordLosses } from "../../../programs/models.ts"
import { close } from "../requests.ts"

export interface Case {
  readonly losses: ReadonlyArray<number>
  readonly w: ReadonlyArray<number>
  readonly b: ReadonlyArray<number>
}

export const golden = JSON.parse(readFileSync(new URL("golden.json", import.meta.url), "utf8")) as {
  readonly versions: { readonly [name: string]: string }
  readonly problem: {
    readonly x: ReadonlyArray<number>
    readonly y: ReadonlyArray<number>
    readonly w: ReadonlyArray<number>
    readonly b: ReadonlyArray<number>
  }
  readonly cases: { readonly [name: string]: Case }
  /** The weights trained by AdamW without decay, and their moving averages. */
  readonly averages: {
    readonly [name: string]: Case & { readonly averages: { readonly w: ReadonlyArray<number>; readonly b: ReadonlyArray<number> } }
  }
  readonly schedules: { readonly [name: string]: ReadonlyArray<number> }
}

/** Rows `[from, to)` of the sixteen. */
export const rowsOf = (from: number, to: number): Example => ({
  features: tensor(Float32Array.from(golden.problem.x.slice(6 * from, 6 * to)), [to - from, 6]),
  labels: tensor(Float32Array.from(golden.problem.y.slice(4 * from, 4 * to)), [to - from, 4])
})
export const steps = 100
/** The batches of the fixtures: eight rows each, in turns. */
export const turns = (count = steps): ReadonlyArray<Example> => Array.from({ length: count }, (_, i) => (i % 2 === 0 ? rowsOf(0, 8) : rowsOf(8, 16)))

export interface Setting {
  readonly make: (input: ModelInput<unknown>) => tf.Optimizer
  readonly options?: (input: ModelInput<unknown>) => CrossReplicaOptions
  /** In which `w` is kept. Default `[6, 4]`. */
  readonly shape?: ReadonlyArray<number>
}

/** The variables of the problem, from the values of the fixture. */
export const variablesOf = (scope: VariableScope, shape: ReadonlyArray<number> = [6, 4]) => ({
  w: scope.get("w", shape, { initializer: () => tf.tensor([...golden.problem.w], [...shape]) }),
  b: scope.get("b", [4], { initializer: () => tf.tensor([...golden.problem.b]) })
})

const squares = ({ features, labels, variables }: ModelInput<unknown>, shape?: ReadonlyArray<number>) => {
  const { w, b } = variablesOf(variables, shape)
  const matrix = shape === undefined ? w : tf.reshape(w, [6, 4])
  return tf.square(tf.sub(tf.tanh(tf.add(tf.matMul(features, matrix), b)), labels))
}
export const meanLoss = (input: ModelInput<unknown>, shape?: ReadonlyArray<number>): tf.Scalar => tf.mean<tf.Scalar>(squares(input, shape))

/** The mean over rows weighed by `tokens`. */
export const weightedLoss = (tokens: tf.Tensor) => (input: ModelInput<unknown>) =>
  tf.divNoNan<tf.Scalar>(tf.sum(tf.mul(tf.mean(squares(input), 1), tokens)), tf.sum(tokens))

export const modelOf =
  ({ make, options, shape }: Setting, lossOf = meanLoss): ModelFn =>
  (input) => {
    const f = () => lossOf(input, shape)
    return { loss: input.mode === "train" ? new CrossReplicaOptimizer(make(input), options?.(input)).minimize(f) : f() }
  }

export interface Trained {
  readonly losses: ReadonlyArray<number>
  readonly state: ReadonlyMap<string, { readonly data: TensorData }>
}

/** Losses of all steps, and the state after the last. */
export const train = (modelFn: ModelFn, input: ReadonlyArray<Example>, modelDir = "golden") =>
  Effect.gen(function* () {
    const losses: Array<number> = []
    const estimator = Estimator.make({ modelFn, params: {}, config: { modelDir, iterationsPerLoop: 10 } })
    yield* Estimator.train(estimator, { input: Stream.fromIterable(input), hooks: [recordLosses(losses)] })
    const store = yield* CheckpointStore
    const saved = yield* store.load((yield* store.latest(modelDir))!.path)
    return { losses, state: saved.state } satisfies Trained
  })

/** The same optimizer as it is, on tfjs's CPU backend; the optimizer is kept from step to step. */
export const trainEagerly = async (setting: Setting, input: ReadonlyArray<Example>, lossOf = meanLoss): Promise<Map<string, TensorData>> => {
  await tf.setBackend("cpu")
  const variables = makeEagerVariables(0)
  let optimizer: tf.Optimizer | undefined
  try {
    input.forEach(({ features, labels }, step) => {
      const modelFn = modelOf({ ...setting, make: (given) => (optimizer ??= setting.make(given)) }, lossOf)
      runEagerly({ modelFn, mode: "train", params: {}, features, labels: labels!, step, variables })
    })
    return new Map(Object.values(tf.engine().state.registeredVariables).map((v) => [v.name, v.dataSync().slice() as Float32Array]))
  } finally {
    tf.disposeVariables()
  }
}

export const closeTo = ({ losses, state }: Trained, wanted: Case, tolerance = 1e-5) => {
  close(
    losses.filter((_, i) => i % 10 === 9),
    wanted.losses,
    "loss",
    tolerance
  )
  close(state.get("w")!.data, wanted.w, "w", tolerance)
  close(state.get("b")!.data, wanted.b, "b", tolerance)
}
