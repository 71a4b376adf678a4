export declare class Writer {
    #private;
    constructor(capacity?: number);
    int(field: number, value: number): this;
    float(field: number, value: number): this;
    bytes(field: number, value: Uint8Array): this;
    string(field: number, value: string): this;
    message(field: number, value: Writer): this;
    finish(): Uint8Array<ArrayBuffer>;
}
