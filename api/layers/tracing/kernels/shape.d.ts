import { type Kernel } from "./kernel.ts";
export declare const shapes: ReadonlyArray<Kernel>;
