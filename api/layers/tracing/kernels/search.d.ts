import { type Kernel } from "./kernel.ts";
export declare const searches: ReadonlyArray<Kernel>;
export declare const multinomialKernel: Kernel;
