import type { Attribute } from "./Vhlo.ts";
export declare const attributesOf: (op: string, head: string, type: string) => ReadonlyArray<Attribute> | undefined;
