import type { Metric } from "../Model.ts";
export declare const perplexity: (losses: string, weights?: string) => Metric;
