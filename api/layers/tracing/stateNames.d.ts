import type { RecordedVariable, Recording } from "./Recording.ts";
export interface NamedVariable {
    readonly name: string;
    readonly kind: "variable" | "slot";
    readonly named: boolean;
    readonly entry: RecordedVariable;
}
export declare const stateNames: (recording: Recording) => ReadonlyArray<NamedVariable>;
