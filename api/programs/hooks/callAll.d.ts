import * as Effect from "effect/Effect";
import type { ConfigError } from "../../domain/Errors.ts";
import type { Hook, HookSignal, RunContext, RunValues } from "../../services/Hooks.ts";
export declare const callAll: <HE, HR>(hooks: readonly Hook<HE, HR>[], point: "afterCreate" | "beforeRun" | "beforeSave", context: RunContext) => Effect.Effect<void, HE | ConfigError, HR>;
export declare const afterRuns: <HE, HR>(hooks: readonly Hook<HE, HR>[], context: RunContext, values: RunValues) => Effect.Effect<Set<HookSignal>, HE | ConfigError, HR>;
export declare const endAll: <HE, HR>(hooks: readonly Hook<HE, HR>[], context: RunContext) => Effect.Effect<undefined, HE | ConfigError, HR>;
