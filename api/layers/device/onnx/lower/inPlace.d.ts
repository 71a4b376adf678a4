import type { OnnxNode } from "../OnnxModel.ts";
export interface Wiring {
    readonly producer: ReadonlyMap<string, OnnxNode>;
    readonly readers: ReadonlyMap<string, ReadonlyArray<OnnxNode>>;
}
export declare const wiringOf: (nodes: ReadonlyArray<OnnxNode>) => Wiring;
export declare const mayShare: (wiring: Wiring, input: string, output: string) => boolean;
