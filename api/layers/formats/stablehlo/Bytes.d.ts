export declare class Bytes {
    #private;
    get length(): number;
    get view(): Uint8Array;
    byte(value: number): this;
    raw(bytes: Uint8Array): this;
    varint(value: number | bigint): this;
    signed(value: number | bigint): this;
    varints(values: ReadonlyArray<number>): this;
    signeds(values: ReadonlyArray<number>): this;
    blob(bytes: Uint8Array): this;
    section(id: number, content: Bytes): this;
}
