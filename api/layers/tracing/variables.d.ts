import type { VariableScope } from "../../domain/Model.ts";
export declare const recordedVariables: () => VariableScope;
export declare const makeEagerVariables: (seed: number) => VariableScope;
