import { type Kernel } from "./kernel.ts";
export declare const reductions: ReadonlyArray<Kernel>;
