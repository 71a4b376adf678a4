import type { Metric } from "../Model.ts";
export declare const accuracy: (labels: string, predictions: string, weights?: string) => Metric;
