import type { Traced, TraceRequest } from "../../services/Tracer.ts";
export declare const trace: <P>(request: TraceRequest<P>) => Traced;
