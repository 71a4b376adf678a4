import { type Pass } from "./rebuild.ts";
export declare const matMulSums: Pass;
