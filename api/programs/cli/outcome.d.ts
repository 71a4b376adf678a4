import * as Cause from "effect/Cause";
import * as Exit from "effect/Exit";
import type { Sink } from "../../services/MetricSink.ts";
export declare const watcher: Sink;
export declare const exitCodeOf: (exit: Exit.Exit<unknown, unknown>, saved: boolean, unfinished?: boolean) => number;
export declare const sentence: (cause: Cause.Cause<unknown>) => string | undefined;
export declare const teardown: (verbose: boolean) => <E, A>(exit: Exit.Exit<E, A>, onExit: (code: number) => void) => void;
