import { type Pass, type Rules } from "./rebuild.ts";
export declare const reshapeRules: Rules;
export declare const reshapes: Pass;
