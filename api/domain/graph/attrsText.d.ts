import type { OpName } from "./ops.ts";
export declare const numberText: (value: number) => string;
export declare const attrsText: (op: OpName, attrs: object, omit?: ReadonlyArray<string>) => string;
