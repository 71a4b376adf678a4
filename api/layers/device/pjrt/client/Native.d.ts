type Native = (...args: Array<unknown>) => unknown;
export interface Koffi {
    readonly load: (path: string | null) => {
        readonly func: (name: string, result: string, parameters: ReadonlyArray<string>) => Native & {
            readonly async: Native;
        };
    };
    readonly decode: (pointer: bigint, type: unknown) => unknown;
    readonly proto: (result: string, parameters: ReadonlyArray<string>) => unknown;
    readonly address: (value: unknown) => bigint;
    readonly view: (address: bigint, length: number) => ArrayBuffer;
}
export declare const resolveKoffi: () => string;
export declare const loadKoffi: (path?: string) => Koffi;
export declare const pin: (koffi: Koffi, path: string) => void;
export declare const dieWithParent: (koffi: Koffi) => void;
export interface Semaphore {
    readonly post: () => void;
    readonly wait: () => void;
}
export declare const semaphoreBytes = 64;
export declare const semaphoreAt: (koffi: Koffi, address: bigint, initialise: boolean) => Semaphore;
export {};
