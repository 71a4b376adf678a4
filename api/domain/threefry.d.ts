export declare const fillWords: (out: Int32Array, k0: number, k1: number) => void;
