import type { Pair } from "../ComplexData.ts";
import type { Emit } from "../Emit.ts";
export declare const multiply: (c: Emit, a: Pair, b: Pair) => Pair;
export declare const dft: (c: Emit, x: Pair, inverse: boolean) => Pair;
