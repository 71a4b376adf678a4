import { InputError } from "../Errors.ts";
import { type InputSource } from "../Input.ts";
export declare const interleave: <E, R>(sources: ReadonlyArray<InputSource<E, R>>) => InputSource<E | InputError, R>;
