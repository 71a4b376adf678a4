import type { ModelFormat } from "../../services/ModelFormat.ts";
export interface Options {
    readonly mostBytesInside?: number;
}
export declare const make: ({ mostBytesInside }?: Options) => ModelFormat;
