import { type Instruction, type Region } from "./Instruction.ts";
export declare const stablehloVersion = "1.0.0";
export interface Main {
    readonly parameters: Region["parameters"];
    readonly body: ReadonlyArray<Instruction>;
    readonly results: ReadonlyArray<{
        readonly name: string;
        readonly type: string;
    }>;
}
export declare const encode: (main: Main) => Uint8Array;
