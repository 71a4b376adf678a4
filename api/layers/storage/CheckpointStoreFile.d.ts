import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import { CheckpointStore } from "../../services/CheckpointStore.ts";
export declare const make: Effect.Effect<CheckpointStore["Service"], never, FileSystem.FileSystem | Path.Path>;
export declare const layer: Layer.Layer<CheckpointStore, never, FileSystem.FileSystem | Path.Path>;
