import { Command } from "effect/cli";
export declare const devices: Command.Command<"devices", {}, {}, never, never>;
