import { type Pass, type Rules } from "./rebuild.ts";
export declare const oneHotRules: Rules;
export declare const oneHot: Pass;
