import * as Effect from "effect/Effect";
import * as Scope from "effect/Scope";
import type { BatchSpec } from "../domain/batching.ts";
import type { Mode } from "../domain/Program.ts";
export interface KeptPrograms<A> {
    readonly find: (mode: Mode, spec: BatchSpec) => A | undefined;
    readonly keep: (mode: Mode, spec: BatchSpec, program: A, scope: Scope.Closeable) => void;
    readonly drop: (mode: Mode, spec: BatchSpec) => Effect.Effect<void>;
    readonly open: Effect.Effect<Scope.Closeable>;
}
export declare const make: <A>() => Effect.Effect<KeptPrograms<A>, never, Scope.Scope>;
