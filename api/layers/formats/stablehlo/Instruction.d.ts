import { type Attribute } from "./Vhlo.ts";
export interface Instruction {
    readonly op: string;
    readonly operands: ReadonlyArray<string>;
    readonly results: ReadonlyArray<{
        readonly name: string;
        readonly type: string;
    }>;
    readonly attributes: ReadonlyArray<Attribute>;
    readonly regions: ReadonlyArray<Region>;
}
export interface Region {
    readonly parameters: ReadonlyArray<{
        readonly name: string;
        readonly type: string;
    }>;
    readonly body: ReadonlyArray<Instruction>;
}
export declare const returning: (operands: ReadonlyArray<string>) => Instruction;
export declare const readInstruction: (text: string) => Instruction;
