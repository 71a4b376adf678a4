import type { DataType, NodeDef, PartialShape } from "../../device/tensorflow/GraphDef.ts";
export type Json = null | boolean | number | string | ReadonlyArray<Json> | {
    readonly [key: string]: Json;
};
export declare const typeName: (type: DataType) => string;
export declare const shapeJson: (shape: PartialShape) => Json;
export declare const nodeJson: ({ attributes, inputs, name, op }: NodeDef) => Json;
