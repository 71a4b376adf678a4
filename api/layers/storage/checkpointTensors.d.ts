import type * as Result from "effect/Result";
import { type Tensor } from "../../domain/Tensor.ts";
import type { Checkpoint } from "../../services/CheckpointStore.ts";
import type { BundleTensor } from "./bundle.ts";
import { Fault } from "./Fault.ts";
export declare const textPrefix = "_texts/";
export declare const toBundle: (tensor: Tensor) => BundleTensor;
export declare const tensorsOf: (checkpoint: Checkpoint) => ReadonlyMap<string, BundleTensor>;
export declare const checkpointOf: (tensors: ReadonlyMap<string, BundleTensor>) => Result.Result<Checkpoint, Fault>;
