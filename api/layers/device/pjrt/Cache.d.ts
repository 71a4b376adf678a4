export declare const fileOf: (folder: string, dependencies: ReadonlyArray<string | Uint8Array>) => string;
export declare const read: (file: string) => Uint8Array | undefined;
export declare const capacity: number;
export declare const prune: (folder: string, limit?: number) => void;
export declare const write: (file: string, body: Uint8Array) => void;
export declare const through: <A>(file: string, { compile, load, serialize }: {
    readonly compile: () => A;
    readonly load: (body: Uint8Array) => A;
    readonly serialize: (made: A) => Uint8Array;
}) => A;
