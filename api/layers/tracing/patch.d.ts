export interface Patch {
    readonly target: object;
    readonly key: PropertyKey;
    readonly value: unknown;
}
export declare const restore: (target: object, key: PropertyKey, descriptor: PropertyDescriptor | undefined) => void;
export declare const withPatches: <A>(patches: ReadonlyArray<Patch>, f: () => A) => A;
