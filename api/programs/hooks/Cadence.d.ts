import * as Effect from "effect/Effect";
import { ConfigError } from "../../domain/Errors.ts";
export type Cadence = {
    readonly everySteps: number;
    readonly everySecs?: undefined;
} | {
    readonly everySecs: number;
    readonly everySteps?: undefined;
};
export interface Timer {
    readonly begin: Effect.Effect<void, ConfigError>;
    readonly due: (step: number) => Effect.Effect<boolean>;
    readonly last: () => {
        readonly step: number;
        readonly millis: number;
    } | undefined;
}
export declare const make: (owner: string, cadence: Cadence) => Timer;
