import * as Result from "effect/Result";
import { InputError } from "../Errors.ts";
import { type InputContext, type InputFn, type InputSource, type SingleInput } from "../Input.ts";
import type { Plan, Unit } from "./plan.ts";
export declare const frozenCopy: (value: unknown) => unknown;
export declare const nameOf: (plan: Plan, { host, invocation }: Unit) => string;
export declare const contextOf: (plan: Plan, unit: Unit, params: unknown) => InputContext;
export declare const sourceOf: <E, R>(made: SingleInput<E, R>, what: string) => Result.Result<InputSource<E | InputError, R>, InputError>;
export declare const callInput: <E, R>(input: InputFn<E, R>, plan: Plan, params: unknown) => Result.Result<ReadonlyArray<InputSource<E | InputError, R>>, InputError>;
