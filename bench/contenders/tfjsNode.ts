/**
 * The same model function run eagerly by tfjs-node, operation by operation: what TensorFlow.js does by itself on TensorFlow. With
 * the argument `mlp` it is that of the tiny perceptron.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { createRequire } from "node:module"
import { join } from "node:path"
import util from "node:util"
import type { Example } from "../../src/domain/Input.ts"
import { runEagerly } from "../../src/layers/tracing/runEagerly.ts"
import { makeEagerVariables } from "../../src/layers/tracing/variables.ts"
import { serve } from "../harness/serve.ts"
import { adam, cacheFn, modelFn } from "../model/transformerXl.ts"
import * as mlp from "../model/mlpEstimator.ts"
import * as transformerXl from "../model/transformerXlEstimator.ts"
import { prepareTfjsNode } from "../peers/tfjsNode.ts"
import * as Workload from "../peers/Workload.ts"

// tfjs-node 4.22 reads two functions of node:util that Node 23 has no more
Object.assign(util, { isNullOrUndefined: (x: unknown) => x === null || x === undefined, isArray: Array.isArray })
const folder = await Effect.runPromise(prepareTfjsNode)
createRequire(join(folder, "package.json"))("@tensorflow/tfjs-node")
await tf.setBackend("tensorflow")

const transformerXlWork = () => {
  const sizes = Workload.sizesFromEnvironment()
  const directory = process.env["BENCH_DATA"]!
  const params = { sizes, weights: Workload.readWeights(directory, sizes), optimizer: adam(sizes) }
  const cache = cacheFn(sizes)(sizes.batch, "train")
  const run = (batch: Example, memories: ReadonlyArray<tf.Tensor>) => runEagerly({ ...eager(batch), modelFn, params, cache: memories })
  return { batches: transformerXl.batches(sizes, directory), cache, run }
}

const mlpWork = () => ({
  batches: mlp.batches(),
  cache: [],
  run: (batch: Example) => runEagerly({ ...eager(batch), modelFn: mlp.modelFn, params: {} })
})

const variables = makeEagerVariables(0)
let done = 0
const eager = ({ features, labels }: Example) => ({ mode: "train" as const, features: features!, labels: labels!, variables, step: done })
const { batches, cache: first, run } = process.argv[2] === "mlp" ? mlpWork() : transformerXlWork()
let cache: ReadonlyArray<tf.Tensor> = first

const step = (): number => {
  const kept = tf.tidy(() => {
    const spec = run(batches[done % batches.length]!, cache)
    return [spec.loss!, ...((spec.cache ?? []) as ReadonlyArray<tf.Tensor>)]
  })
  for (const memory of cache) memory.dispose()
  cache = kept.slice(1)
  const loss = kept[0]!.dataSync()[0]!
  kept[0]!.dispose()
  done++
  return loss
}

await serve("tfjs-node", (steps) => {
  const seconds: Array<number> = []
  const losses: Array<number> = []
  for (let i = 0; i < steps; i++) {
    const start = performance.now()
    losses.push(step())
    seconds.push((performance.now() - start) / 1000)
  }
  return Promise.resolve({ seconds, losses })
})
process.exit(0)
