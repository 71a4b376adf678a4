/**
 * Streaming metrics for `EstimatorSpec.evalMetrics`, to be imported as a namespace.
 *
 * @since 0.1.0
 */
export { accuracy } from "./accuracy.ts"
export { bitsPerCharacter } from "./bitsPerCharacter.ts"
export { mean } from "./mean.ts"
export { perplexity } from "./perplexity.ts"
export { make as weighted } from "./weighted.ts"
