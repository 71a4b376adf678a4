export interface CompileOptions {
    readonly replicas: number;
    readonly partitions?: number | undefined;
    readonly flags?: {
        readonly [name: string]: boolean | number | string;
    } | undefined;
}
export declare const devicesOf: ({ partitions, replicas }: CompileOptions) => number;
export declare const encode: ({ flags, partitions, replicas }: CompileOptions) => Uint8Array;
export declare const flagsOf: (platform: string) => NonNullable<CompileOptions["flags"]>;
