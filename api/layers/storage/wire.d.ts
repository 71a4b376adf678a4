export interface Writer {
    readonly bytes: Array<number>;
}
export declare const writer: () => Writer;
export declare const putVarint: (out: Writer, value: number) => void;
export declare const putUint32: (out: Writer, value: number) => void;
export declare const putBytes: (out: Writer, bytes: ArrayLike<number>) => void;
export declare const putVarintField: (out: Writer, field: number, value: number) => void;
export declare const putFixed32Field: (out: Writer, field: number, value: number) => void;
export declare const putBytesField: (out: Writer, field: number, bytes: ArrayLike<number>) => void;
export interface Reader {
    readonly bytes: Uint8Array;
    at: number;
}
export declare const reader: (bytes: Uint8Array, at?: number) => Reader;
export declare const takeVarint: (input: Reader) => number;
export declare const takeBytes: (input: Reader, length: number) => Uint8Array;
export declare const takeUint32: (input: Reader) => number;
export interface Field {
    readonly number: number;
    readonly value: number;
    readonly bytes: Uint8Array;
}
export declare const fieldsOf: (message: Uint8Array) => ReadonlyArray<Field>;
