import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import { type Feed, Infeed } from "../../services/Infeed.ts";
export declare const make: {
    readonly open: <A, E, R>(stream: Stream.Stream<A, E, R>, prefetch: number) => Effect.Effect<Feed<A, E>, never, R | import("effect/Scope").Scope>;
};
export declare const layer: Layer.Layer<Infeed>;
