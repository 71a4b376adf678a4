import * as Result from "effect/Result";
import { ConfigError } from "./Errors.ts";
export interface Scores {
    readonly globalStep: number;
    readonly loss: number;
    readonly examples: number;
    readonly metrics: {
        readonly [name: string]: number;
    };
}
export interface MetricChoice {
    readonly metric?: string;
    readonly order?: "lower" | "higher";
}
export declare const scoreOf: ({ loss, metrics }: Scores, metric?: string) => Result.Result<number, ConfigError>;
export declare const sortBest: <A extends Scores>(all: ReadonlyArray<A>, { metric, order }: MetricChoice) => Result.Result<ReadonlyArray<A>, ConfigError>;
export declare const print: (all: ReadonlyArray<Scores>) => string;
export declare const parse: (text: string) => ReadonlyArray<Scores> | undefined;
