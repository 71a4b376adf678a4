export declare const reducePrecision: (x: ArrayLike<number>, exponentBits: number, mantissaBits: number) => Float32Array;
