import type * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
export interface Drain<A> {
    readonly offer: (element: A) => Effect.Effect<void>;
    readonly end: Effect.Effect<void>;
    readonly take: Effect.Effect<A, Cause.Done>;
}
declare const Outfeed_base: Context.ServiceClass<Outfeed, "effect-estimator/services/Outfeed", {
    readonly open: <A>(capacity: number) => Effect.Effect<Drain<A>, never, Scope.Scope>;
}>;
export declare class Outfeed extends Outfeed_base {
}
export {};
