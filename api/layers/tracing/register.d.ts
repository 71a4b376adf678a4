import { type Kernel } from "./kernels/kernel.ts";
export declare const recorded: ReadonlyArray<Kernel>;
export declare const compiled: ReadonlySet<string>;
export declare const register: () => void;
