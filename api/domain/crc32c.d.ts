export declare const crc32c: (bytes: Uint8Array, previous?: number) => number;
export declare const mask: (crc: number) => number;
