import * as Effect from "effect/Effect";
import { CompileError, EngineUnavailable } from "../../../domain/Errors.ts";
import type { Found } from "./plugins.ts";
import type { About, Compiled, CompileFor } from "./process/protocol.ts";
type Outcome<A> = Effect.Effect<A, CompileError | EngineUnavailable>;
export declare const hasTpu: () => boolean;
export declare const noTpu: () => EngineUnavailable;
export declare const describe: (found: Found) => Effect.Effect<About, EngineUnavailable>;
export declare const summary: ({ attributes, client, version }: About, { origin }: Found) => string;
export declare const compileFor: (found: Found, devices: number, request: CompileFor, env?: {
    readonly [name: string]: string;
}) => Outcome<Compiled>;
export {};
