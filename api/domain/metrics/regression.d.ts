import type { Metric } from "../Model.ts";
export declare const meanSquaredError: (labels: string, predictions: string, weights?: string) => Metric;
export declare const rootMeanSquaredError: (labels: string, predictions: string, weights?: string) => Metric;
export declare const meanAbsoluteError: (labels: string, predictions: string, weights?: string) => Metric;
