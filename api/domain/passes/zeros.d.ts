import { type Pass, type Rules } from "./rebuild.ts";
export declare const zeroRules: Rules;
export declare const zeros: Pass;
