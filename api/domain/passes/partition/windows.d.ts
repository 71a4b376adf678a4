import { type CutRules } from "./Cutter.ts";
export declare const windowRules: CutRules;
