import type * as tf from "@tensorflow/tfjs-core";
import type { Emit } from "../Emit.ts";
import { type Kernel } from "./kernel.ts";
export declare const cotangentName = "ComplexGradient";
export declare const complexKernels: ReadonlyArray<Kernel>;
export declare const recordComplex: (c: Emit, called: Kernel, inputs: object, attrs: object) => tf.TensorInfo | Array<tf.TensorInfo> | undefined;
