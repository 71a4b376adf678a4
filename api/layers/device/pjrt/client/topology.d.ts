import type { Compiled, CompileFor } from "../process/protocol.ts";
import { type Plugin } from "./Plugin.ts";
export declare const compileFor: (plugin: Plugin, { description, options, text, topology: name }: CompileFor) => Compiled;
