import { type Pass, type Rules } from "./rebuild.ts";
export declare const matMulBatchRules: Rules;
export declare const matMulBatch: Pass;
