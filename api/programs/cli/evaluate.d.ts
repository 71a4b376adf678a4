import * as Option from "effect/Option";
import { Command } from "effect/cli";
export declare const evaluate: Command.Command<"evaluate", {
    readonly program: Option.Option<string>;
    readonly engine: string;
    readonly replicas: number;
    readonly modelDir: Option.Option<string>;
    readonly seed: Option.Option<number>;
    readonly iterationsPerLoop: Option.Option<string | number>;
    readonly set: Record<string, string>;
    readonly config: Option.Option<string>;
    readonly param: Record<string, string>;
    readonly tensorboard: boolean;
    readonly log: "console" | "jsonl";
    readonly steps: Option.Option<number>;
    readonly checkpoint: Option.Option<string>;
}, {}, unknown, import("effect/FileSystem").FileSystem | import("effect/Path").Path>;
