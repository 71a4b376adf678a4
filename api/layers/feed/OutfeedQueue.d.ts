import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { type Drain, Outfeed } from "../../services/Outfeed.ts";
export declare const make: {
    readonly open: <A>(capacity: number) => Effect.Effect<Drain<A>, never, import("effect/Scope").Scope>;
};
export declare const layer: Layer.Layer<Outfeed>;
export declare const layerMemory: Layer.Layer<Outfeed>;
