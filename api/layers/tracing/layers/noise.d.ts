import type { RandomSource } from "../../../domain/Model.ts";
import type { Patch } from "../patch.ts";
export declare const noisePatches: (random: RandomSource) => ReadonlyArray<Patch>;
