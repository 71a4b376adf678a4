export interface Permutation {
    readonly order: (upTo: number) => Int32Array;
}
export declare const identity: (n: number) => Permutation;
export declare const shuffled: (n: number, seed: number, epoch: number) => Permutation;
