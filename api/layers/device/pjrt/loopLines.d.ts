import type { Line } from "./lower/Emitter.ts";
import type { ModuleArgument, ModuleResult } from "./stepModule.ts";
export declare const loopLines: (args: ReadonlyArray<ModuleArgument>, results: ReadonlyArray<ModuleResult>, n: number) => {
    readonly lines: ReadonlyArray<Line>;
    readonly results: ReadonlyArray<string>;
};
