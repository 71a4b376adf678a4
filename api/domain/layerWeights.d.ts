export declare const toSnakeCase: (name: string) => string;
interface Automatic {
    readonly family: string;
    readonly base: string;
    readonly ordinal: number;
}
export declare const automatic: (segment: string) => Automatic | undefined;
export declare const matcher: (names: Iterable<string>) => ((name: string) => string | undefined);
export {};
