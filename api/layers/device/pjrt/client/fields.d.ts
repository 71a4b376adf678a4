export interface Field {
    readonly number: number;
    readonly bytes: Uint8Array | undefined;
    readonly value: number;
}
export declare function fieldsOf(message: Uint8Array): Generator<Field>;
export declare function within(message: Uint8Array, number: number): Generator<Uint8Array>;
export declare const numbersOf: ({ bytes, value }: Field) => ReadonlyArray<number>;
export declare const textOf: ({ bytes }: Field) => string;
