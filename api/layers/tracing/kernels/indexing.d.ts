import { type Kernel } from "./kernel.ts";
export declare const indexing: ReadonlyArray<Kernel>;
