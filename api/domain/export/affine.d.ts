export interface Affine {
    readonly perRow: number;
    readonly rest: number;
}
export type Three<A> = readonly [A, A, A];
export declare const affineOf: ([n0, n1, n2]: Three<number>, [v0, v1, v2]: Three<number>) => Affine | undefined;
export declare const affineList: (sizes: Three<number>, lists: Three<ArrayLike<number>>) => ReadonlyArray<Affine> | undefined;
export declare const isFixed: ({ perRow }: Affine) => boolean;
export declare const isRows: ({ perRow, rest }: Affine) => boolean;
export declare const probeSizes: Three<number>;
