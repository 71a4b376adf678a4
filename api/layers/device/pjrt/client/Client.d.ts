import { type TensorData, type TensorType } from "../../../../domain/Tensor.ts";
import { type CompileOptions } from "./compileOptions.ts";
import { type NamedValues } from "./namedValues.ts";
import type { Plugin } from "./Plugin.ts";
export interface MemoryStatistics {
    readonly inUse: number;
    readonly peak?: number;
    readonly limit?: number;
}
export interface DeviceInfo {
    readonly id: number;
    readonly kind: string;
    readonly description: string;
    readonly memory?: MemoryStatistics;
}
export interface Buffer {
    readonly type: TensorType;
    readonly device: number;
    readonly handle: bigint;
}
export interface Signature {
    readonly parameters: ReadonlyArray<TensorType>;
    readonly results: ReadonlyArray<TensorType>;
}
export interface Memory {
    readonly address: bigint;
    readonly bytes: number;
}
export declare class SignatureError extends Error {
    constructor(message: string);
}
export interface Open {
    buffers: number;
    programs: number;
    events: number;
}
export declare class Client {
    #private;
    readonly plugin: Plugin;
    readonly handle: bigint;
    readonly devices: ReadonlyArray<bigint>;
    readonly open: Open;
    readonly isHost: boolean;
    constructor(plugin: Plugin, handle: bigint);
    get platform(): string;
    get platformVersion(): string;
    get deviceInfos(): ReadonlyArray<DeviceInfo>;
    memory(device: bigint): MemoryStatistics | undefined;
    await(event: bigint): void;
    awaitAll(events: Iterable<bigint>): void;
    upload(address: bigint, type: TensorType, device: number, zeroCopy: boolean, strides?: BigInt64Array): {
        readonly buffer: Buffer;
        readonly event: bigint;
    };
    isInPlace(buffer: Buffer, address: bigint): boolean;
    from(data: TensorData, type: TensorType, device?: number): Buffer;
    download(buffer: Buffer, memory: Memory): bigint;
    copyOut(buffer: Buffer, memory: Memory): void;
    read<A extends TensorData>(buffer: Buffer, data: A): A;
    release(buffer: Buffer): void;
    isDeleted(buffer: Buffer): boolean;
    compile(text: string | Uint8Array, options: CompileOptions): bigint;
    deserialize(bytes: Uint8Array): bigint;
    close(): void;
}
export declare const checkType: (what: string, expected: TensorType, given: TensorType) => void;
export declare const create: (plugin: Plugin, options?: NamedValues) => Client;
