export declare const hashBytes: (bytes: Uint8Array) => string;
export declare const hashText: (text: string) => string;
