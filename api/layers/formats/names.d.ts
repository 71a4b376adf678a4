export interface NameTable {
    readonly take: (wanted: string) => string;
}
export declare const make: (clean: (name: string) => string, { reserved, same }?: {
    readonly reserved?: ReadonlyArray<string>;
    readonly same?: (name: string) => string;
}) => NameTable;
export declare const tensorflow: (reserved: ReadonlyArray<string>) => NameTable;
