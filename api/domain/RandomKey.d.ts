export declare const threefry2x32: (k0: number, k1: number, c0: number, c1: number, out: Int32Array) => void;
export declare const fillUniform: (out: Float32Array, key: ArrayLike<number>, replica: number, draw: number) => void;
export declare const fillNormal: (out: Float32Array, key: ArrayLike<number>, replica: number, draw: number) => void;
export declare const fillTruncatedNormal: (out: Float32Array, key: ArrayLike<number>, replica: number, draw: number) => void;
export declare const fills: {
    readonly RandomUniform: typeof fillUniform;
    readonly RandomNormal: typeof fillNormal;
    readonly RandomTruncatedNormal: typeof fillTruncatedNormal;
};
export declare const fromSeed: (seed: number) => Int32Array;
export declare const initCounter = -1;
