import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { CheckpointStore } from "../../services/CheckpointStore.ts";
export declare const make: Effect.Effect<CheckpointStore["Service"]>;
export declare const layer: Layer.Layer<CheckpointStore>;
