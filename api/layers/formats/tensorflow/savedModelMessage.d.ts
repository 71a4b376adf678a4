import { type DataType, type GraphDef, type PartialShape } from "../../device/tensorflow/GraphDef.ts";
export interface TensorInfo {
    readonly tensor: string;
    readonly type: DataType;
    readonly shape: PartialShape;
}
export interface SignatureDef {
    readonly method: string;
    readonly inputs: ReadonlyArray<readonly [key: string, TensorInfo]>;
    readonly outputs: ReadonlyArray<readonly [key: string, TensorInfo]>;
}
export interface VariableDef {
    readonly name: string;
    readonly initializer: string;
    readonly read: string;
    readonly initial: string;
}
export interface SaverDef {
    readonly filename: string;
    readonly save: string;
    readonly restore: string;
}
export interface SavedModel {
    readonly graph: GraphDef;
    readonly signatures: ReadonlyArray<readonly [name: string, SignatureDef]>;
    readonly variables: ReadonlyArray<VariableDef>;
    readonly saver: SaverDef | undefined;
}
export declare const encode: ({ graph, saver, signatures, variables }: SavedModel) => Uint8Array<ArrayBuffer>;
