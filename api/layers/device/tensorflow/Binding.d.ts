import { type DType, type Shape, type TensorData } from "../../../domain/Tensor.ts";
export interface Addon {
    readonly TF_Version: string;
    readonly createTensor: (shape: ReadonlyArray<number>, type: number, data: TensorData) => number;
    readonly deleteTensor: (tensor: number) => void;
    readonly tensorDataSync: (tensor: number) => TensorData;
    readonly loadSavedModel: (directory: string, tags: string) => number;
    readonly deleteSavedModel: (session: number) => void;
    readonly runSavedModel: (session: number, tensors: ReadonlyArray<number>, inputs: string, outputs: string) => ReadonlyArray<{
        readonly id: number;
        readonly shape: Shape;
    }>;
    readonly getNumOfTensors: () => number;
    readonly getNumOfSavedModels: () => number;
}
export declare class TensorflowError extends Error {
    constructor(message: string, cause?: unknown);
}
export interface Feed {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: Shape;
    readonly data: TensorData;
}
export interface Session {
    readonly run: (feeds: ReadonlyArray<Feed>, outputs: ReadonlyArray<string>, take: (index: number, data: TensorData) => void) => void;
    readonly close: () => void;
}
export declare const openSession: (addon: Addon, savedModel: Uint8Array) => Session;
