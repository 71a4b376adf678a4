import type { Patch } from "../patch.ts";
export declare const normalizationPatches: ReadonlyArray<Patch>;
