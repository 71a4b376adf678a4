import * as Layer from "effect/Layer";
import { Device } from "../../services/Device.ts";
export interface Options {
    readonly replicas?: number | undefined;
    readonly infeedCapacity?: number | undefined;
    readonly outfeedCapacity?: number | undefined;
}
export declare const make: (options?: Options) => Device["Service"];
export declare const layer: (options?: Options) => Layer.Layer<Device>;
