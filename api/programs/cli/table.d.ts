export declare const table: (rows: ReadonlyArray<ReadonlyArray<string>>) => string;
