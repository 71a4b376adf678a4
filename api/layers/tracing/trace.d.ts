import type { Traced, TraceRequest } from "../../services/Tracer.ts";
export declare const trace: <P, E, R>(request: TraceRequest<P, E, R>) => Traced<E, R>;
