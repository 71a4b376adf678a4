import type { CutRules } from "./Cutter.ts";
export declare const productRules: CutRules;
