import { type CachePlace, type Wheel } from "../hosted/install/tools.ts";
export type PluginName = "cpu" | "cuda" | "tpu";
export declare const pluginNames: ReadonlyArray<PluginName>;
export interface Pin extends Wheel {
    readonly version: string;
    readonly library: string;
    readonly licence: string;
}
export declare const pins: {
    readonly [K in PluginName]: Pin;
};
export declare const toolsPin: {
    readonly requirement: "nvidia-cuda-nvcc-cu12==12.9.86";
    readonly version: "12.9.86";
    readonly platform: "manylinux2010_x86_64";
    readonly file: "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl";
    readonly bytes: 40546229;
    readonly sha256: "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0";
    readonly root: "nvidia/cuda_nvcc";
    readonly files: readonly ["bin/ptxas", "nvvm/libdevice/libdevice.10.bc"];
    readonly licence: "NVIDIA's CUDA Toolkit EULA (not to be redistributed)";
};
export declare const toolsFolder: (place: CachePlace) => string;
export declare const cacheFolder: (name: PluginName, place: CachePlace) => string;
