import type * as tf from "@tensorflow/tfjs-core";
import { GraphBackend, type KernelResult, type RegisteredKernel } from "./GraphBackend.ts";
import { type Recording } from "./Recording.ts";
export { backendName } from "./GraphBackend.ts";
export declare class RecordingBackend extends GraphBackend {
    #private;
    readonly recording: Recording;
    constructor(recording: Recording);
    runKernel(kernel: RegisteredKernel, inputs: object, attrs: object): KernelResult;
    write(values: tf.backend_util.BackendValues, shape: Array<number>, dtype: tf.DataType): tf.DataId;
    readSync(dataId: object): tf.backend_util.BackendValues;
    read(dataId: object): Promise<tf.backend_util.BackendValues>;
    numDataIds(): number;
    disposeData(): boolean;
    refCount(): number;
    incRef(): void;
    memory(): {
        unreliable: boolean;
    };
    timerAvailable(): boolean;
    floatPrecision(): 16 | 32;
    epsilon(): number;
    dispose(): void;
}
export declare const kernelFailure: (error: unknown, name: string, source: string | undefined) => unknown;
