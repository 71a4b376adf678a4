import { type Pass, type Rules } from "./rebuild.ts";
export declare const algebraicRules: Rules;
export declare const algebraic: Pass;
