import { type Pass, type Rules } from "./rebuild.ts";
export declare const matMulTransposeRules: Rules;
export declare const matMulTranspose: Pass;
