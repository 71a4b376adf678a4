import { Device } from "../../../services/Device.ts";
import * as Own from "./Host.ts";
import * as Locate from "./install/locate.ts";
export interface Options {
    readonly replicas?: number;
    readonly prefetch?: number;
    readonly jitCompile?: boolean;
}
export interface Seams {
    readonly spawn?: Own.Spawn;
    readonly locate?: Locate.Locate;
}
export declare const make: (options?: Options, seams?: Seams) => Device["Service"];
