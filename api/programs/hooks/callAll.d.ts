import * as Effect from "effect/Effect";
import type { Hook, HookSignal, RunContext, RunValues } from "../../services/Hooks.ts";
export declare const afterRuns: <HE, HR>(hooks: readonly Hook<HE, HR>[], context: RunContext, values: RunValues) => Effect.Effect<Set<HookSignal>, HE, HR>;
export declare const endAll: <HE, HR>(hooks: readonly Hook<HE, HR>[], context: RunContext) => Effect.Effect<undefined, HE, HR>;
