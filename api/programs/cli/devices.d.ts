import { Command } from "effect/cli";
export declare const devices: Command.Command<"devices", {} | {}, {}, import("../../domain/Errors.ts").EngineUnavailable, never>;
