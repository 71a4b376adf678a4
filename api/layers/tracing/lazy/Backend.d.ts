import * as tf from "@tensorflow/tfjs-core";
import type { Evaluator } from "../../../services/Evaluator.ts";
import { GraphBackend, type KernelResult, type RegisteredKernel } from "../GraphBackend.ts";
import type { CpuKernels } from "./CpuKernels.ts";
export interface Settings {
    readonly evaluator: Evaluator["Service"];
    readonly cpu: CpuKernels;
    readonly pendingLimit: number;
    readonly retainedLimit: number;
    readonly fallbacks: Map<string, number>;
}
export declare class Backend extends GraphBackend {
    #private;
    constructor(settings: Settings);
    get pendingNodes(): number;
    runKernel(kernel: RegisteredKernel, inputs: object, attrs: object): KernelResult;
    write(values: tf.backend_util.BackendValues, shape: Array<number>, dtype: tf.DataType): tf.DataId;
    move(dataId: object, values: tf.backend_util.BackendValues, shape: Array<number>, dtype: tf.DataType, references: number): void;
    readSync(dataId: object): tf.backend_util.BackendValues;
    read(dataId: object): Promise<tf.backend_util.BackendValues>;
    disposeData(dataId: object, force?: boolean): boolean;
    refCount(dataId: object): number;
    incRef(dataId: object): void;
    numDataIds(): number;
    memory(): {
        unreliable: boolean;
        reasons: string[];
    };
    timerAvailable(): boolean;
    time(f: () => void): Promise<tf.BackendTimingInfo>;
    floatPrecision(): 16 | 32;
    dispose(): void;
}
