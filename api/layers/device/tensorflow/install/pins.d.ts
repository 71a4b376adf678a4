export declare const tensorflowVersion = "2.21.0";
export declare const wheel: {
    readonly requirement: "tensorflow-cpu==2.21.0";
    readonly python: "311";
    readonly platform: "manylinux_2_27_x86_64";
    readonly file: "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl";
    readonly bytes: 273829956;
    readonly sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c";
};
export declare const sources: readonly [{
    readonly specifier: "@tensorflow/tfjs-node@4.22.0";
    readonly file: "tensorflow-tfjs-node-4.22.0.tgz";
    readonly folder: "tfjs-node";
    readonly sha256: "d38a448a705efc6e655a080f896b3af646ae39dffbfe9c90b06cb9fc3a2b9358";
}, {
    readonly specifier: "node-api-headers@1.9.0";
    readonly file: "node-api-headers-1.9.0.tgz";
    readonly folder: "node-api-headers";
    readonly sha256: "6cbfac49542194ae2c8f1dee5fa2dc00d66bec9cbf3b59e3a4e5f16d14eb0d19";
}];
export declare const libraries: readonly ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
export declare const isNeeded: (entry: string) => boolean;
