import type { Metric } from "../Model.ts";
export declare const meanPerClassAccuracy: (labels: string, predictions: string, classes: number, weights?: string) => Metric;
