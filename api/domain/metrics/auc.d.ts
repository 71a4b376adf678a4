import type { Metric } from "../Model.ts";
export interface AucOptions {
    readonly curve?: "ROC" | "PR";
    readonly thresholds?: number;
    readonly weights?: string;
}
export declare const auc: (labels: string, predictions: string, options?: AucOptions) => Metric;
