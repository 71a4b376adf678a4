import { Bytes } from "./Bytes.ts";
export type Attribute = {
    readonly _tag: "Integer";
    readonly type: "i64" | "i32";
    readonly value: number;
} | {
    readonly _tag: "Boolean";
    readonly value: boolean;
} | {
    readonly _tag: "Text";
    readonly value: string;
} | {
    readonly _tag: "Type";
    readonly type: string;
} | {
    readonly _tag: "Choice";
    readonly of: keyof typeof choices;
    readonly value: string;
} | {
    readonly _tag: "List";
    readonly items: ReadonlyArray<Attribute>;
} | {
    readonly _tag: "Tensor";
    readonly type: string;
    readonly data: Uint8Array;
};
declare const choices: {
    readonly direction: {
        readonly code: 3;
        readonly values: readonly ["EQ", "NE", "GE", "GT", "LE", "LT"];
    };
    readonly comparison: {
        readonly code: 4;
        readonly values: readonly ["NOTYPE", "FLOAT", "TOTALORDER", "SIGNED", "UNSIGNED"];
    };
    readonly precision: {
        readonly code: 11;
        readonly values: readonly ["DEFAULT", "HIGH", "HIGHEST"];
    };
};
export interface TensorText {
    readonly element: string;
    readonly shape: ReadonlyArray<number>;
}
export declare const tensorOf: (type: string) => TensorText;
export declare const typesIn: (text: string) => ReadonlyArray<string>;
export declare class Tables {
    #private;
    string(value: string): number;
    type(text: string): number;
    attribute(attribute: Attribute): number;
    codes(): {
        readonly offsets: Bytes;
        readonly content: Bytes;
    };
    strings(): Bytes;
}
export {};
