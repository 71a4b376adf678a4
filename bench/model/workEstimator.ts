/**
 * The workloads as estimators, and their batches.
 *
 * @since 0.1.0
 */
import type { Example } from "../../src/domain/Input.ts"
import type { ModelFn } from "../../src/domain/Model.ts"
import * as Tensor from "../../src/domain/Tensor.ts"
import * as Estimator from "../../src/programs/Estimator.ts"
import * as Work from "../peers/Work.ts"
import * as lstm from "./lstm.ts"
import * as mlp from "./mlp.ts"
import * as mnist from "./mnist.ts"
import * as resnet from "./resnet18.ts"
import type { WorkParams } from "./work.ts"

const modelFns: { readonly [name: string]: ModelFn<WorkParams> } = {
  lstm: lstm.modelFn,
  mlp: mlp.modelFn,
  mnist: mnist.modelFn,
  resnet: resnet.modelFn
}

/** @category constructors @since 0.1.0 */
export const make = (work: Work.Work, directory: string, iterationsPerLoop: number): Estimator.Estimator<WorkParams> =>
  Estimator.make({
    modelFn: modelFns[work.name]!,
    params: { work, weights: Work.readWeights(directory, work) },
    config: { iterationsPerLoop, logStepCountSteps: 0 }
  })

/** @category constructors @since 0.1.0 */
export const batches = (work: Work.Work, directory: string): ReadonlyArray<Example> =>
  Work.readBatches(directory, work).map(({ x, y }) => ({ features: Tensor.make(x, [...work.x.shape]), labels: Tensor.make(y, [...work.y.shape]) }))
