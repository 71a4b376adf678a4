import type { Metric } from "../Model.ts";
export declare const topKAccuracy: (labels: string, predictions: string, k: number, weights?: string) => Metric;
