import { type Kernel } from "./kernel.ts";
export declare const scatters: ReadonlyArray<Kernel>;
