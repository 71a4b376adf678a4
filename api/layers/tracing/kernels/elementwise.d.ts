import * as tf from "@tensorflow/tfjs-core";
import type { NodeId } from "../../../domain/graph/Graph.ts";
import type { Emit } from "../Emit.ts";
import { type Kernel } from "./kernel.ts";
export declare const activate: (c: Emit, x: NodeId, name: string | undefined, alpha: tf.TensorInfo | undefined, leakyAlpha: number | undefined) => NodeId;
export declare const elementwise: ReadonlyArray<Kernel>;
