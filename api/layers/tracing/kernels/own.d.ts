import { type Kernel } from "./kernel.ts";
export declare const crossReplicaSumName = "CrossReplicaSum";
export interface DrawAttrs {
    readonly shape: ReadonlyArray<number>;
    readonly draw: number;
}
export declare const own: ReadonlyArray<Kernel>;
