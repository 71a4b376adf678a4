export { fromJson, type FromJsonOptions } from "./fromJson.ts";
export { regularizationLoss } from "./regularizationLoss.ts";
