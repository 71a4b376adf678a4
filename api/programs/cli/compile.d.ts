import * as Option from "effect/Option";
import { Command } from "effect/cli";
export declare const compile: Command.Command<"compile", {
    readonly program: Option.Option<string>;
    readonly target: string;
    readonly mode: "evaluate" | "train";
    readonly replicas: Option.Option<number>;
    readonly memoryLimit: Option.Option<number>;
    readonly buffers: Option.Option<number>;
    readonly json: boolean;
    readonly set: Record<string, string>;
    readonly config: Option.Option<string>;
    readonly param: Record<string, string>;
}, {}, unknown, import("effect/FileSystem").FileSystem>;
