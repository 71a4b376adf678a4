import { type Pass, type Rules } from "./rebuild.ts";
export declare const matMulPadRules: Rules;
export declare const matMulPad: Pass;
