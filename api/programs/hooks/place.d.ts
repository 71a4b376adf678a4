import type { RunEvent } from "../../domain/Events.ts";
import { type Summary } from "../../domain/Summary.ts";
import type { RunContext } from "../../services/Hooks.ts";
export declare const placeOf: ({ globalStep, mode, step }: RunContext) => string;
export declare const stepAndPlace: (context: RunContext) => {
    readonly step: number;
    readonly place?: string;
};
export declare const summaryOf: ({ globalStep, mode, step }: RunContext, scalars: {
    readonly [name: string]: number;
}, others?: ReadonlyArray<Summary>) => RunEvent;
