import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { TraceError } from "../../domain/Errors.ts";
import { Tracer } from "../../services/Tracer.ts";
export declare const make: {
    readonly trace: <P, E, R>(request: import("../../services/Tracer.ts").TraceRequest<P, E, R>) => Effect.Effect<import("../../services/Tracer.ts").Traced<E, R>, TraceError>;
};
export declare const layer: Layer.Layer<Tracer>;
