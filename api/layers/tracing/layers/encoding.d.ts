import type { Patch } from "../patch.ts";
export declare const encodingPatches: ReadonlyArray<Patch>;
