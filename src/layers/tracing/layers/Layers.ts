/**
 * Helpers for models made of TensorFlow.js Layers.
 *
 * @since 0.1.0
 */
export { fromJson, type FromJsonOptions } from "./fromJson.ts"
export { regularizationLoss } from "./regularizationLoss.ts"
