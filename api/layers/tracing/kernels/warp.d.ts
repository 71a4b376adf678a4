import { type Kernel } from "./kernel.ts";
export declare const warps: ReadonlyArray<Kernel>;
