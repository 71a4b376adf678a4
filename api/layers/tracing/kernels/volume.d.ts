import { type Kernel } from "./kernel.ts";
export declare const volumes: ReadonlyArray<Kernel>;
