export declare const resultNames: (op: string) => ReadonlyArray<string>;
