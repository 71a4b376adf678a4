import * as tf from "@tensorflow/tfjs-core";
import { type Recording } from "./Recording.ts";
export declare const backendName = "effect-estimator";
export declare class RecordingBackend extends tf.KernelBackend {
    #private;
    readonly recording: Recording;
    constructor(recording: Recording);
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
