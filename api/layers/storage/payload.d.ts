import * as Result from "effect/Result";
import type { BundleEntry, BundleTensor } from "./bundle.ts";
import { Fault } from "./Fault.ts";
export interface Payload {
    readonly parts: ReadonlyArray<Uint8Array>;
    readonly size: number;
    readonly crc: number | undefined;
}
export declare const payloadOf: (tensor: BundleTensor) => Payload;
export declare const readTensor: (entry: BundleEntry, bytes: Uint8Array) => Result.Result<BundleTensor, Fault>;
