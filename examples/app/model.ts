/** What the application learns and serves: a small net that finds the curve `y = sin(3 x)` on [-1, 1], and its form in requests and answers. */
import * as tf from "@tensorflow/tfjs-core"
import { Schema, Stream } from "effect"
import { CrossReplicaOptimizer, type Errors, Estimator, fromArrays, type Input, type Model, type RunConfig, Tensor } from "../../src/index.ts"

const modelFn: Model.ModelFn<{ readonly width: number; readonly rate: number }> = ({ features, labels, mode, params, variables }) => {
  const { rate, width } = params
  const dense = (name: string, x: tf.Tensor, rows: number, columns: number) => {
    const scope = variables.scope(name)
    return tf.add(tf.matMul(x as tf.Tensor2D, scope.get("kernel", [rows, columns]) as tf.Tensor2D), scope.get("bias", [columns]))
  }
  const predict = () => dense("out", tf.tanh(dense("hidden", features, 1, width)), width, 1)
  if (mode === "predict") return { predictions: { y: predict() } }
  const lossOf = () => tf.mean<tf.Scalar>(tf.square(tf.sub(predict(), labels)))
  if (mode === "evaluate") return { loss: lossOf() }
  return { loss: new CrossReplicaOptimizer(tf.train.adam(rate)).minimize(lossOf) }
}

/** Rows of one prediction step: the last batch of a request is padded to it. */
export const predictRows = 8

export const makeEstimator = (config: RunConfig.RunConfigInput) =>
  Estimator.make({ modelFn, params: { width: 16, rate: 0.02 }, config, predictBatchSize: predictRows })

/** Points of the curve, shuffled anew in each epoch, without end; its position is saved with each checkpoint. */
export const points = (batchSize = 32): Input.InputSource<Errors.InputError> => {
  const xs = Float32Array.from({ length: 256 }, (_, i) => i / 128 - 1)
  const data = {
    features: Tensor.make(xs, [256, 1]),
    labels: Tensor.make(
      xs.map((x) => Math.sin(3 * x)),
      [256, 1]
    )
  }
  return fromArrays(data, { batchSize, shuffle: 1, repeat: true })
}

/** The body of `POST /:model/predict`. */
export const Question = Schema.Struct({ x: Schema.Array(Schema.Finite) })

/** The question's numbers, batch by batch. */
export const examples = ({ x }: typeof Question.Type): Stream.Stream<Input.Example> =>
  Stream.fromIterable(x).pipe(
    Stream.grouped(predictRows),
    Stream.map((rows) => ({ features: Tensor.make(Float32Array.from(rows), [rows.length, 1]) }))
  )

/** One prediction as it goes over the wire. */
export const answer = ({ y }: Estimator.Prediction) => ({ y: y!.data[0]! })
