import { type Kernel } from "./kernel.ts";
export declare const refused: ReadonlyArray<Kernel>;
