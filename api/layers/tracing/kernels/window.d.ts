import { type Kernel } from "./kernel.ts";
export declare const windows: ReadonlyArray<Kernel>;
