import { type OpAttrs, type OpName } from "./ops.ts";
export type AttrKind = "mark" | "number" | "boolean" | "dtype" | "numbers" | "pairs" | "data";
export type AttrSpec<K extends OpName> = {
    readonly [A in keyof OpAttrs[K]]: AttrKind;
};
export declare const attrSpecs: {
    readonly [K in OpName]: AttrSpec<K>;
};
export declare const impliedByType: (op: OpName) => ReadonlyArray<"dtype" | "shape">;
export declare const opNames: ReadonlyArray<OpName>;
