import { Device } from "../../../services/Device.ts";
import * as Own from "./Host.ts";
import * as Libraries from "./libraries.ts";
import type { SessionOptions } from "./Ort.ts";
export interface Options {
    readonly replicas?: number;
    readonly threads?: number;
    readonly prefetch?: number;
}
export interface Seams {
    readonly spawn?: Own.Spawn;
    readonly resolve?: Libraries.Resolve;
    readonly session?: Partial<SessionOptions>;
}
export declare const make: (options?: Options, seams?: Seams) => Device["Service"];
