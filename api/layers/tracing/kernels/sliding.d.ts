import { type Kernel } from "./kernel.ts";
export declare const sliding: ReadonlyArray<Kernel>;
