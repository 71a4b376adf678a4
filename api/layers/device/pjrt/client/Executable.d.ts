import { type Buffer, type Client, type Signature } from "./Client.ts";
import { type ProgramMemory } from "./program.ts";
export interface Launched {
    readonly results: ReadonlyArray<ReadonlyArray<Buffer>>;
    readonly events: ReadonlyArray<bigint>;
}
export declare class Executable {
    #private;
    readonly client: Client;
    readonly signature: Signature;
    readonly devices: ReadonlyArray<number>;
    readonly held: ReadonlyArray<unknown>;
    constructor(client: Client, handle: bigint, places: number, signature: Signature);
    bind(place: number, index: number, buffer: Buffer): void;
    launch(): Launched;
    get memory(): ProgramMemory;
    serialize(): Uint8Array;
    close(): void;
}
