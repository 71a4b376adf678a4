import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Executable } from "../../../services/Device.ts";
import type { Replicas } from "./Replicas.ts";
export interface Capacities {
    readonly infeed: number;
    readonly outfeed: number;
}
export declare const make: (replicas: Replicas, capacities: Capacities) => Effect.Effect<Executable, never, Scope.Scope>;
