import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { EngineUnavailable } from "../../domain/Errors.ts";
import type { Device } from "../../services/Device.ts";
export interface Engine {
    readonly name: string;
    readonly description: string;
    readonly version: Effect.Effect<string, EngineUnavailable>;
    readonly layer: (options: {
        readonly replicas: number;
    }) => Layer.Layer<Device, EngineUnavailable>;
}
export declare const load: <A>(engine: string, remedy: string, module: () => Promise<A>) => Effect.Effect<A, EngineUnavailable>;
export declare const reinstall = "Reinstall effect-estimator.";
export declare const engines: ReadonlyArray<Engine>;
export declare const engineNames: ReadonlyArray<string>;
export declare const engineOf: (name: string) => Engine | undefined;
