import { TraceError, type TraceReason } from "../../domain/Errors.ts";
import type { SourceLocation } from "../../domain/graph/Graph.ts";
export interface FailureContext {
    readonly op?: string | undefined;
    readonly source?: SourceLocation | undefined;
    readonly cause?: unknown;
}
export declare const failure: (reason: TraceReason, detail: string, { op, source, cause }?: FailureContext) => TraceError;
export declare const hostRead: (op: string, madeAt: SourceLocation | undefined, source: SourceLocation | undefined) => TraceError;
export declare const unknownKernel: (op: string, source: SourceLocation | undefined, instead?: string) => TraceError;
export declare const complexOperand: (op: string, source: SourceLocation | undefined) => TraceError;
export declare const dataDependentShape: (op: string, source: SourceLocation | undefined, instead: string) => TraceError;
export declare const asyncSelection: (op: string, source: SourceLocation | undefined) => TraceError;
export declare const hostRandomness: (op: string, source: SourceLocation | undefined) => TraceError;
export declare const foreignVariable: (name: string, op: string, source: SourceLocation | undefined) => TraceError;
export declare const foreignTensor: (op: string, source: SourceLocation | undefined) => TraceError;
