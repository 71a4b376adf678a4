import { type Kernel } from "./kernel.ts";
export declare const images: ReadonlyArray<Kernel>;
