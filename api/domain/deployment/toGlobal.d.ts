import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { InputError } from "../Errors.ts";
import { type InputSource, type Position } from "../Input.ts";
import type { Plan } from "./plan.ts";
export declare const parsePositions: (from: Position | undefined, units: number) => Result.Result<ReadonlyArray<Position | undefined>, InputError>;
export interface GlobalOptions {
    readonly batchAxis?: ReadonlyArray<number> | undefined;
    readonly onUneven: (message: string) => Effect.Effect<void>;
}
export declare const toGlobal: <E, R>(plan: Plan, sources: ReadonlyArray<InputSource<E, R>>, options: GlobalOptions) => InputSource<E | InputError, R>;
