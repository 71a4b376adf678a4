import * as Effect from "effect/Effect";
import type { Hook } from "../../services/Hooks.ts";
export interface GlobalStepWaiterOptions<E, R> {
    readonly waitUntilStep: number;
    readonly globalStep: Effect.Effect<number, E, R>;
    readonly pollMillis?: number;
}
export declare const globalStepWaiter: <E = never, R = never>(options: GlobalStepWaiterOptions<E, R>) => Hook<E, R>;
