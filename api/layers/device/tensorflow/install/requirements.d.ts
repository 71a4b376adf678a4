import * as Effect from "effect/Effect";
import type { EngineUnavailable } from "../../../../domain/Errors.ts";
export interface Programs {
    readonly compiler: string;
    readonly python: string;
}
export declare const programsOf: (env: {
    readonly [name: string]: string | undefined;
}) => Programs;
export declare const check: ({ compiler, python }: Programs, fetches: boolean) => Effect.Effect<void, EngineUnavailable>;
