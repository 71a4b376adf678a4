import type { Metric } from "../Model.ts";
export declare const bitsPerCharacter: (losses: string, weights?: string) => Metric;
