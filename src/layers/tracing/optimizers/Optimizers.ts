/**
 * Optimizers beside those of TensorFlow.js, and what goes around any of them, to be imported as a namespace. All are
 * optimizers of TensorFlow.js: wrap them in `CrossReplicaOptimizer` as its own.
 *
 * @since 0.1.0
 */
export { accumulate } from "./accumulate.ts"
export { Adadelta, type AdadeltaOptions } from "./Adadelta.ts"
export { Adafactor, type AdafactorOptions } from "./Adafactor.ts"
export { AdamW, type AdamWOptions } from "./AdamW.ts"
export { LAMB, type LambOptions } from "./Lamb.ts"
export { Lion, type LionOptions } from "./Lion.ts"
export { lossScale, type LossScaleOptions } from "./lossScale.ts"
export { MovingAverages, type MovingAveragesOptions, withAverages } from "./MovingAverages.ts"
export type { LearningRate } from "./Rate.ts"
export { RMSProp, type RmsPropOptions } from "./RmsProp.ts"
export { SGD, type SgdOptions } from "./Sgd.ts"
export { withSchedule } from "./withSchedule.ts"
export { withTransform } from "./withTransform.ts"
