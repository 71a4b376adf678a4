import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { EngineUnavailable } from "../../../../domain/Errors.ts";
export interface Wheel {
    readonly requirement: string;
    readonly platform: string;
    readonly python?: string;
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
}
export type Report = (line: string) => void;
export type Failing<A> = Effect.Effect<A, EngineUnavailable>;
export declare const again = "Run the command again once that is cured.";
export declare const manifestName = "installed.json";
export interface CachePlace {
    readonly env: {
        readonly [name: string]: string | undefined;
    };
    readonly home: string;
}
export declare const cacheRoot: ({ env, home }: CachePlace) => string;
export declare const installedField: (folder: string, field: string) => string | undefined;
export declare const mega: (bytes: number) => number;
export declare const tools: (engine: string) => {
    failure: (detail: string, remedy?: string, cause?: unknown) => EngineUnavailable;
    attempt: <A>(what: string, work: (signal: AbortSignal) => Promise<A>) => Failing<A>;
    checkHash: (file: string, expected: string) => Failing<void>;
    staging: (target: string) => Effect.Effect<string, EngineUnavailable, Scope.Scope>;
    unpackWheel: (wheel: Wheel, folder: string, args_2: {
        readonly given: string | undefined;
        readonly isNeeded: (entry: string) => boolean;
        readonly report: Report;
    }) => Effect.Effect<void, EngineUnavailable, never>;
    publish: (folder: string, target: string, manifest: {
        readonly [name: string]: string;
    }) => Failing<void>;
    checkGiven: (file: string | undefined) => Failing<void>;
};
