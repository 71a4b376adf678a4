import { type Program } from "../../../domain/Program.ts";
import type { Merged } from "../hosted/Merged.ts";
import { type HostedLayout } from "../hosted/Plan.ts";
import type { Lowered } from "./lower.ts";
export interface Layout extends HostedLayout {
    readonly loss: number | undefined;
}
export declare const make: (program: Program, merged: Merged, lowered: Lowered, slots: number) => Layout;
