import { type OpName } from "./ops.ts";
export interface OpEntry {
    readonly op: OpName;
    readonly group: string;
    readonly attributes: ReadonlyArray<string>;
    readonly evaluate: boolean;
    readonly composite: boolean;
}
export declare const opTable: ReadonlyArray<OpEntry>;
