export interface Extraction {
    readonly archive: string;
    readonly isNeeded: (entry: string) => boolean;
    readonly into: string;
    readonly onProgress: (done: number, total: number) => void;
    readonly signal: AbortSignal;
}
export declare const extract: ({ archive, into, isNeeded, onProgress, signal }: Extraction) => Promise<void>;
