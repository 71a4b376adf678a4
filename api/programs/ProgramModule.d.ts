import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import * as Result from "effect/Result";
import { ConfigError } from "../domain/Errors.ts";
import type { Input } from "../domain/Input.ts";
import type { Nest } from "../domain/Model.ts";
import type { Tensor, TensorType } from "../domain/Tensor.ts";
import type { Estimator } from "./Estimator.ts";
export type Params = {
    readonly [name: string]: number | string | boolean;
};
export type ProgramInput = Input<unknown, FileSystem.FileSystem | Path.Path>;
export type Prediction = {
    readonly [name: string]: Tensor;
};
export interface ProgramParts<P> {
    readonly estimator: Estimator<P, unknown, FileSystem.FileSystem | Path.Path>;
    readonly train?: ProgramInput;
    readonly evaluate?: ProgramInput;
    readonly predict?: {
        readonly input: ProgramInput;
        readonly print?: (prediction: Prediction, index: number) => string;
    };
    readonly export?: {
        readonly features: Nest<TensorType>;
    };
}
export interface ProgramModule {
    readonly _tag: "ProgramModule";
    readonly params: Params;
    readonly makeWith: (changes: {
        readonly [name: string]: string;
    }) => Result.Result<ProgramParts<unknown>, ConfigError>;
}
export interface Program<S extends Params, P> extends ProgramModule {
    readonly params: S;
    readonly make: (params: S) => ProgramParts<P>;
}
export declare const defineProgram: <const S extends Params, P>(options: {
    readonly params: S;
    readonly make: (params: Widen<S>) => ProgramParts<P>;
}) => Program<Widen<S>, P>;
export type Widen<S extends Params> = {
    readonly [K in keyof S]: S[K] extends number ? number : S[K] extends string ? string : boolean;
};
export declare const isProgramModule: (value: unknown) => value is ProgramModule;
export declare const withParams: <S extends Params>(defaults: S, changes: {
    readonly [name: string]: string;
}) => Result.Result<S, ConfigError>;
