import { Device } from "../../../services/Device.ts";
import { type Buffer } from "./buffers.ts";
import type { Compiled } from "./process/protocol.ts";
import * as StepModule from "./stepModule.ts";
import type { Target } from "./targets.ts";
export interface Options {
    readonly target: Target;
    readonly replicas?: number | undefined;
    readonly precision?: StepModule.Precision | undefined;
    readonly plugin?: string | undefined;
    readonly onCompiled: (told: Told) => void;
}
export interface Told extends Omit<Compiled, "buffers"> {
    readonly buffers: ReadonlyArray<Buffer>;
    readonly productFlops: number;
}
export declare const make: (options: Options) => Device["Service"];
