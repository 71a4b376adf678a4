import { type Kernel } from "./kernel.ts";
export declare const sparseKernels: ReadonlyArray<Kernel>;
