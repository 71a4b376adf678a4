import { type ElementType } from "./OnnxModel.ts";
interface Koffi {
    readonly load: (path: string) => {
        readonly func: (name: string, result: string, parameters: ReadonlyArray<string>) => (...args: Array<unknown>) => unknown;
    };
    readonly decode: (pointer: unknown, type: unknown, length?: number) => unknown;
    readonly proto: (result: string, parameters: ReadonlyArray<string>) => unknown;
    readonly array: (type: string, length: number) => unknown;
    readonly address: (value: unknown) => bigint;
}
type Handle = bigint;
export declare class OrtError extends Error {
    constructor(message: string);
}
export interface SessionOptions {
    readonly threads: number;
    readonly config: {
        readonly [key: string]: string;
    };
    readonly memoryPattern: boolean;
    readonly profile?: string | undefined;
}
export interface Bound {
    readonly inputs: BigUint64Array;
    readonly outputs: BigUint64Array;
}
export declare class Ort {
    #private;
    constructor(koffi: Koffi, library: string);
    get handles(): number;
    tensor(type: ElementType, shape: ReadonlyArray<number>, data: Uint8Array): Handle;
    releaseTensor(tensor: Handle): void;
    session(model: Uint8Array, options: SessionOptions): Handle;
    releaseSession(session: Handle): void;
    runner(session: Handle, inputs: ReadonlyArray<string>, outputs: ReadonlyArray<string>): (bound: Bound) => void;
    close(): void;
}
export {};
