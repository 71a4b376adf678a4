import * as Schema from "effect/Schema";
import { ConfigError } from "./Errors.ts";
export type Fields = {
    readonly [key: string]: Schema.Codec<unknown, unknown>;
};
export declare const checkFields: (fields: Fields, input: unknown, path?: string) => ConfigError | undefined;
