import type { Nest } from "./Model.ts";
export interface NamedLeaf<A> {
    readonly name: string;
    readonly value: A;
}
export declare const isTyped: (u: unknown) => boolean;
export declare const map: <A, B>(nest: Nest<A>, prefix: string, f: (leaf: A, name: string) => B, isLeaf?: (u: unknown) => boolean) => Nest<B>;
export declare const flatten: <A>(nest: Nest<A>, prefix: string, isLeaf?: (u: unknown) => boolean) => ReadonlyArray<NamedLeaf<A>>;
export declare const unflatten: <A, B>(nest: Nest<A>, values: ReadonlyArray<B>, isLeaf?: (u: unknown) => boolean) => Nest<B>;
