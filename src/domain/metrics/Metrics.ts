/**
 * Streaming metrics for `EstimatorSpec.evalMetrics`, to be imported as a namespace.
 *
 * @since 0.1.0
 */
export { accuracy } from "./accuracy.ts"
export { auc, type AucOptions } from "./auc.ts"
export { bitsPerCharacter } from "./bitsPerCharacter.ts"
export { falseNegatives, falsePositives, precision, recall, trueNegatives, truePositives } from "./confusion.ts"
export { mean } from "./mean.ts"
export { meanPerClassAccuracy } from "./meanPerClassAccuracy.ts"
export { perplexity } from "./perplexity.ts"
export { meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from "./regression.ts"
export { topKAccuracy } from "./topKAccuracy.ts"
export { make as weighted } from "./weighted.ts"
