import { type Pass, type Rules } from "./rebuild.ts";
export declare const compositeRules: Rules;
export declare const composites: Pass;
