export interface Gpu {
    readonly name: string;
    readonly computeCapability: readonly [major: number, minor: number];
    readonly cores: number;
    readonly unitsPerCore: number;
    readonly memoryBytes: number;
    readonly bandwidth: number;
    readonly cacheBytes: number;
    readonly clockGhz: number;
    readonly sharedBytes: readonly [core: number, block: number];
}
export declare const gpus: {
    readonly [name: string]: Gpu;
};
export declare const targetConfig: (gpu: Gpu) => string;
