import type { Compiled, CompileFor } from "../process/protocol.ts";
import type { Client } from "./Client.ts";
import { type Plugin } from "./Plugin.ts";
export declare const compileFor: (plugin: Plugin, client: Client | undefined, request: CompileFor) => Compiled;
