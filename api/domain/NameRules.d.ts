import { type Tensor, type TensorType } from "./Tensor.ts";
export interface NameRule {
    readonly model: RegExp;
    readonly saved: string;
    readonly take?: (stored: Tensor, wanted: TensorType) => Tensor;
}
export declare const applyRules: (rules: ReadonlyArray<NameRule>, name: string) => {
    readonly saved: string;
    readonly take: NameRule["take"];
};
export declare const reshaped: NonNullable<NameRule["take"]>;
export declare const columns: (begin: number, end: number, of: number) => NonNullable<NameRule["take"]>;
export declare const powerAfter: (base: number) => NonNullable<NameRule["take"]>;
export declare const tensorflowAdam: ReadonlyArray<NameRule>;
export declare const tensorflowObjects: ReadonlyArray<NameRule>;
export declare const transformerXl: ReadonlyArray<NameRule>;
