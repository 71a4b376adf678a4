import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { ConfigError } from "../../domain/Errors.ts";
import { type ProgramModule, type ProgramParts } from "../ProgramModule.ts";
export declare const OwnProgram: Context.Reference<ProgramModule | undefined>;
export declare const loadProgram: (file: Option.Option<string>, params: {
    readonly [name: string]: string;
}) => Effect.Effect<ProgramParts<unknown>, ConfigError, never>;
