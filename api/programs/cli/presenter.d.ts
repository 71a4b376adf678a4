import { type CliError, CliOutput } from "effect/cli";
export declare const usageLine: (error: CliError.NonShowHelpErrors) => string;
export declare const make: (invocation: string) => CliOutput.Presenter;
