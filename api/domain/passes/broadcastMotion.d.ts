import { type Pass, type Rules } from "./rebuild.ts";
export declare const broadcastRules: Rules;
export declare const broadcastMotion: Pass;
