/**
 * The benchmark's Transformer-XL as an estimator: the model function with its weights, and its batches.
 *
 * @since 0.1.0
 */
import type { Example } from "../../src/domain/Input.ts"
import * as Tensor from "../../src/domain/Tensor.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import * as Workload from "../peers/Workload.ts"
import { cacheFn, modelFn, type TransformerXlParams } from "./transformerXl.ts"

/** @category constructors @since 0.1.0 */
export const make = (sizes: Workload.Sizes, directory: string, iterationsPerLoop: number): Estimator.Estimator<TransformerXlParams> =>
  Estimator.make({
    modelFn,
    cacheFn: cacheFn(sizes),
    params: { sizes, weights: Workload.readWeights(directory, sizes) },
    config: { iterationsPerLoop, logStepCountSteps: 0 }
  })

/** @category constructors @since 0.1.0 */
export const batches = (sizes: Workload.Sizes, directory: string): ReadonlyArray<Example> => {
  const { x, y } = Workload.readTokens(directory, sizes)
  const tensor = (ids: Int32Array) => Tensor.make(ids, [sizes.batch, sizes.target])
  return x.map((ids, i) => ({ features: tensor(ids), labels: tensor(y[i]!) }))
}
