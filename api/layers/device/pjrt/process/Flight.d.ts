import type { Buffer, Client, Memory } from "../client/Client.ts";
export interface Flight {
    readonly count: number;
    readonly first: number;
    readonly events: Array<bigint>;
    readonly held: Array<Buffer>;
    readonly uploads: Array<bigint>;
    readonly after: Array<() => void>;
}
export declare const make: (count: number, first: number) => Flight;
export declare const copy: (client: Client, flight: Flight, buffer: Buffer, memory: Memory) => void;
export interface Landed {
    readonly steps: number;
    readonly failure: {
        readonly error: unknown;
    } | undefined;
}
export declare const landAll: (client: Client, flights: ReadonlyArray<Flight>) => Landed;
