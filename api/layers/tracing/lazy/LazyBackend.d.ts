import * as Layer from "effect/Layer";
import { ConfigError } from "../../../domain/Errors.ts";
import { Evaluator } from "../../../services/Evaluator.ts";
export interface Options {
    readonly pendingLimit?: number | undefined;
    readonly retainedLimit?: number | undefined;
}
export interface Statistics {
    readonly pending: number;
    readonly fallbacks: {
        readonly [kernel: string]: number;
    };
}
export declare const name = "effect-estimator";
export declare const statistics: () => Statistics;
export declare const layerWith: (options: Options) => Layer.Layer<never, ConfigError, Evaluator>;
export declare const layer: Layer.Layer<never, ConfigError, Evaluator>;
export declare const register: <E>(evaluator: Layer.Layer<Evaluator, E>, options?: Options) => Promise<() => Promise<void>>;
