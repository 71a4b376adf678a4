import type * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type * as Stream from "effect/Stream";
export interface Feed<A, E> {
    readonly take: Effect.Effect<A, E | Cause.Done>;
}
declare const Infeed_base: Context.ServiceClass<Infeed, "effect-estimator/services/Infeed", {
    readonly open: <A, E, R>(stream: Stream.Stream<A, E, R>, prefetch: number) => Effect.Effect<Feed<A, E>, never, R | Scope.Scope>;
}>;
export declare class Infeed extends Infeed_base {
}
export {};
