import { Command } from "effect/cli";
export declare const ops: Command.Command<"ops", {}, {}, never, never>;
