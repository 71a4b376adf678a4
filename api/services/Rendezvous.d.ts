import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type { PartyStalled } from "../domain/Errors.ts";
export interface Party<E, R> {
    readonly name: string;
    readonly effect: Effect.Effect<void, E, R>;
}
declare const Rendezvous_base: Context.ServiceClass<Rendezvous, "effect-estimator/services/Rendezvous", {
    readonly meet: <A, E, R, E2, R2>(main: Effect.Effect<A, E, R>, parties: ReadonlyArray<Party<E2, R2>>) => Effect.Effect<A, E | E2 | PartyStalled, R | R2>;
}>;
export declare class Rendezvous extends Rendezvous_base {
}
export {};
