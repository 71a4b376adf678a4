import { type Pass, type Rules } from "./rebuild.ts";
export declare const foldLimit = 65536;
export declare const foldingRules: Rules;
export declare const constantFolding: Pass;
