/** Trained models to export, and what this package predicts with them. */
import * as tf from "@tensorflow/tfjs-core"
import { Effect, Stream } from "effect"
import { join } from "node:path"
import mnist from "../../../examples/mnist/main.ts"
import transformerXl from "../../../examples/transformer-xl/main.ts"
import { CrossReplicaOptimizer, Estimator, type Model, Tensor } from "../../../src/index.ts"
import { sizeOf, type TensorType } from "../../../src/domain/Tensor.ts"

/** Numbers that look like nothing in particular. */
const noise = (length: number, seed: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + seed * 78.233))

export const floats = (shape: ReadonlyArray<number>, seed = 1) => Tensor.make(noise(sizeOf(shape), seed), shape)

export const ints = (shape: ReadonlyArray<number>, below: number, seed = 1) =>
  Tensor.make(
    Int32Array.from(noise(sizeOf(shape), seed), (x) => Math.floor((x + 1) * 0.4999 * below)),
    shape
  )

/** One trunk with a head for the class and one for a number; it counts how often it has been trained. */
const heads: Model.ModelFn = ({ features, labels, mode, variables }) => {
  const hidden = () => tf.tanh(tf.matMul(features.x! as tf.Tensor2D, variables.get("trunk/kernel", [6, 5]) as tf.Tensor2D)) as tf.Tensor2D
  const logits = () => tf.matMul(hidden(), variables.get("class/kernel", [5, 3]) as tf.Tensor2D)
  const price = () => tf.add(tf.reshape(tf.matMul(hidden(), variables.get("price/kernel", [5, 1]) as tf.Tensor2D), [-1]), features.base!)
  if (mode === "predict") {
    const scores = tf.softmax(logits())
    const [classes, value] = [tf.argMax(scores, -1), price()]
    return {
      predictions: { classes, value },
      exportOutputs: {
        species: { kind: "classification", scores, classes },
        price: { kind: "regression", value },
        both: { kind: "predict", outputs: { classes, value, hidden: hidden() } }
      }
    }
  }
  const lossOf = () =>
    tf.add(tf.mean(tf.square(tf.sub(price(), labels.price!))), tf.neg(tf.mean(tf.mul(tf.logSoftmax(logits()), labels.species!)))) as tf.Scalar
  return { loss: mode === "train" ? new CrossReplicaOptimizer(tf.train.adam(0.1)).minimize(lossOf) : lossOf() }
}

/** Names that formats must tell apart, results of several outputs, outputs that no row changes, and numbers that count the rows. */
const odd: Model.ModelFn = ({ batchSize, features, labels, mode, variables }) => {
  const w = variables.get("bias/zero", [4, 5]) as tf.Tensor2D
  const zero = variables.get("bias", [5])
  const product = () => tf.add(tf.matMul(tf.add(features.bias!, features.x!) as tf.Tensor2D, w), tf.add(zero, tf.expandDims(features.zero!, 1)))
  if (mode === "predict") {
    const { indices, values } = tf.topk(product(), 2)
    const rows = tf.cast(tf.range(1, batchSize + 1), "int32")
    return {
      predictions: {
        values,
        indices,
        version: tf.fill([batchSize], 7),
        tiled: tf.tile(tf.expandDims(zero, 0), [batchSize, 1]),
        y: tf.mul(product(), 2),
        Y: tf.mul(product(), 3),
        ü: rows,
        ý: tf.sub(batchSize, rows)
      }
    }
  }
  const lossOf = () => tf.mean<tf.Scalar>(tf.square(tf.sub(tf.sum(product(), 1), labels)))
  return { loss: mode === "train" ? new CrossReplicaOptimizer(tf.train.sgd(0.01)).minimize(lossOf) : lossOf() }
}

export interface Trained<P> {
  readonly estimator: Estimator.Estimator<P>
  readonly features: Model.Nest<TensorType>
  /** A batch of so many rows. */
  readonly batch: (rows: number, seed?: number) => { readonly [name: string]: Tensor.Tensor } | Tensor.Tensor
}

const headsTrained = (folder: string) =>
  Effect.gen(function* () {
    const estimator = Estimator.make({ modelFn: heads, config: { modelDir: join(folder, "heads") } })
    const batch = (rows: number, seed = 1) => ({ x: floats([rows, 6], seed), base: floats([rows], seed + 5) })
    const labels = { price: floats([4], 3), species: floats([4, 3], 4) }
    yield* Estimator.train(estimator, { input: Stream.forever(Stream.succeed({ features: batch(4), labels })), maxSteps: 3 })
    const features = { x: { dtype: "float32", shape: [6] }, base: { dtype: "float32", shape: [] } } as const
    return { estimator, features, batch } satisfies Trained<unknown>
  })

const oddTrained = (folder: string) =>
  Effect.gen(function* () {
    const estimator = Estimator.make({ modelFn: odd, config: { modelDir: join(folder, "odd") } })
    const batch = (rows: number, seed = 1) => ({ bias: floats([rows, 4], seed), x: floats([rows, 4], seed + 1), zero: floats([rows], seed + 2) })
    yield* Estimator.train(estimator, { input: Stream.forever(Stream.succeed({ features: batch(4), labels: floats([4], 9) })), maxSteps: 2 })
    const vector = { dtype: "float32", shape: [4] } as const
    return { estimator, features: { bias: vector, x: vector, zero: { dtype: "float32", shape: [] } as const }, batch }
  })

const mnistTrained = (folder: string) =>
  Effect.gen(function* () {
    const made = mnist.make({ ...mnist.params, filters: 4, batch: 16 })
    const estimator = Estimator.configure(made.estimator, { modelDir: join(folder, "mnist") })
    yield* Estimator.train(estimator, { input: made.train!, maxSteps: 2 })
    const features = { dtype: "float32", shape: [28, 28, 1] } as const
    return { estimator, features, batch: (rows: number, seed = 1) => floats([rows, 28, 28, 1], seed) }
  })

/** Letters that are the likeliest are no draw. */
const transformerXlTrained = (folder: string) =>
  Effect.gen(function* () {
    const params = { ...transformerXl.params, layers: 2, width: 16, heads: 2, inner: 24, memory: 8, segment: 8, batch: 4, temperature: 0 }
    const made = transformerXl.make(params)
    const estimator = Estimator.configure(made.estimator, { modelDir: join(folder, "transformer-xl") })
    yield* Estimator.train(estimator, { input: made.train!, maxSteps: 2 })
    const features = { tokens: { dtype: "int32", shape: [3] } } as const
    return { estimator, features, batch: (rows: number, seed = 1) => ({ tokens: ints([rows, 3], 60, seed) }) }
  })

export const trained = { heads: headsTrained, mnist: mnistTrained, odd: oddTrained, transformerXl: transformerXlTrained }

/** What the program itself predicts for these batches one after another, batch by batch. */
export const predicted = <P>({ estimator }: Trained<P>, batches: ReadonlyArray<Model.Nest<Tensor.Tensor>>) =>
  Estimator.predict(estimator, { input: Stream.fromIterable(batches.map((features) => ({ features }))), yieldSingleExamples: false }).pipe(
    Stream.runCollect
  )
