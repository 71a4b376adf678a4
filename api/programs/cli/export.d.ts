import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import { Command } from "effect/cli";
export declare const exportCommand: Command.Command<"export", {
    readonly program: Option.Option<string>;
    readonly modelDir: Option.Option<string>;
    readonly config: Option.Option<string>;
    readonly seed: Option.Option<number>;
    readonly set: Record<string, string>;
    readonly param: Record<string, string>;
    readonly format: readonly ("onnx" | "safetensors" | "saved-model" | "tfjs")[];
    readonly to: Option.Option<string>;
    readonly checkpoint: Option.Option<string>;
    readonly batchSize: Option.Option<number>;
    readonly exportToTpu: Option.Option<number>;
}, {}, unknown, FileSystem.FileSystem | Path.Path>;
