export declare const literalBytes: (head: string, type: string) => Uint8Array;
