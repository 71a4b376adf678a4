export declare const record: (data: Uint8Array) => Uint8Array;
export declare const fileName: (seconds: number, host: string, pid: number, count: number) => string;
