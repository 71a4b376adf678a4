import * as Duration from "effect/Duration";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import { Rendezvous } from "../../services/Rendezvous.ts";
export interface Outcome {
    readonly party: string;
    readonly exit: Exit.Exit<unknown, unknown>;
}
export interface Options {
    readonly deadline?: Duration.Input;
    readonly onOutcome?: (outcome: Outcome) => void;
}
export declare const make: (options?: Options) => Rendezvous["Service"];
export declare const layer: (options?: Options) => Layer.Layer<Rendezvous>;
export declare const layerRecorded: (log: Array<Outcome>, options?: Options) => Layer.Layer<Rendezvous>;
