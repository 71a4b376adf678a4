export declare const distance: (a: string, b: string) => number;
export declare const nearest: (name: string, known: Iterable<string>) => string | undefined;
