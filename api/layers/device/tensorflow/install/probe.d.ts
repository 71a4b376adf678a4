import type * as Effect from "effect/Effect";
import type { EngineUnavailable } from "../../../../domain/Errors.ts";
export declare const probe: (addon: string, remedy: string) => Effect.Effect<string, EngineUnavailable>;
