import type { Metric } from "../Model.ts";
export declare const mean: (values: string, weights?: string) => Metric;
