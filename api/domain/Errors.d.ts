import * as Schema from "effect/Schema";
export declare const TraceReason: Schema.Literals<readonly ["HostRead", "HostRandomness", "UnknownKernel", "DataDependentShape", "MissingGradient", "InvalidOperands", "ForeignVariable", "ForeignTensor", "VariableMismatch", "NotDeterministic", "InvalidSpec", "CacheMismatch", "ModelThrew"]>;
export type TraceReason = typeof TraceReason.Type;
declare const TraceError_base: Schema.Class<TraceError, Schema.TaggedStruct<"TraceError", {
    readonly reason: Schema.Literals<readonly ["HostRead", "HostRandomness", "UnknownKernel", "DataDependentShape", "MissingGradient", "InvalidOperands", "ForeignVariable", "ForeignTensor", "VariableMismatch", "NotDeterministic", "InvalidSpec", "CacheMismatch", "ModelThrew"]>;
    readonly op: Schema.optionalKey<Schema.String>;
    readonly source: Schema.optionalKey<Schema.String>;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class TraceError extends TraceError_base {
    get message(): string;
}
declare const CompileError_base: Schema.Class<CompileError, Schema.TaggedStruct<"CompileError", {
    readonly engine: Schema.String;
    readonly op: Schema.optionalKey<Schema.String>;
    readonly source: Schema.optionalKey<Schema.String>;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class CompileError extends CompileError_base {
    get message(): string;
}
declare const ExecuteError_base: Schema.Class<ExecuteError, Schema.TaggedStruct<"ExecuteError", {
    readonly engine: Schema.String;
    readonly reason: Schema.Literals<readonly ["OpFailed", "DeviceLost", "Closed", "BadState", "BadBatch"]>;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class ExecuteError extends ExecuteError_base {
    get message(): string;
}
declare const EngineUnavailable_base: Schema.Class<EngineUnavailable, Schema.TaggedStruct<"EngineUnavailable", {
    readonly engine: Schema.String;
    readonly detail: Schema.String;
    readonly remedy: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class EngineUnavailable extends EngineUnavailable_base {
    get message(): string;
}
declare const InputError_base: Schema.Class<InputError, Schema.TaggedStruct<"InputError", {
    readonly reason: Schema.Literals<readonly ["NotDivisible", "ShapeChanged", "DTypeChanged", "KeysChanged", "PartialBatch", "BatchTooLarge", "NotATensor", "NotAnInput", "InputFnThrew", "OutOfRange", "Empty", "UnreadableSource", "BadPosition"]>;
    readonly leaf: Schema.String;
    readonly batch: Schema.optionalKey<Schema.Number>;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class InputError extends InputError_base {
    get message(): string;
}
declare const NanLossError_base: Schema.Class<NanLossError, Schema.TaggedStruct<"NanLossError", {
    readonly step: Schema.Number;
    readonly loss: Schema.Number;
    readonly place: Schema.optionalKey<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class NanLossError extends NanLossError_base {
    get message(): string;
}
declare const NumericsError_base: Schema.Class<NumericsError, Schema.TaggedStruct<"NumericsError", {
    readonly variable: Schema.String;
    readonly index: Schema.Number;
    readonly value: Schema.String;
    readonly step: Schema.Number;
    readonly place: Schema.optionalKey<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class NumericsError extends NumericsError_base {
    get message(): string;
}
declare const CheckpointError_base: Schema.Class<CheckpointError, Schema.TaggedStruct<"CheckpointError", {
    readonly reason: Schema.Literals<readonly ["Unwritable", "DiskFull", "Unreadable", "Corrupt", "Truncated", "Foreign", "MissingTensor", "TypeMismatch", "NotFound", "InUse"]>;
    readonly file: Schema.String;
    readonly tensor: Schema.optionalKey<Schema.String>;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class CheckpointError extends CheckpointError_base {
    get message(): string;
}
declare const ComputationShutdown_base: Schema.Class<ComputationShutdown, Schema.TaggedStruct<"ComputationShutdown", {
    readonly step: Schema.Number;
    readonly workers: Schema.$Array<Schema.String>;
    readonly place: Schema.optionalKey<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class ComputationShutdown extends ComputationShutdown_base {
    get message(): string;
}
declare const ConfigError_base: Schema.Class<ConfigError, Schema.TaggedStruct<"ConfigError", {
    readonly key: Schema.String;
    readonly detail: Schema.String;
    readonly suggestion: Schema.optionalKey<Schema.String>;
}>, import("effect/Cause").YieldableError>;
export declare class ConfigError extends ConfigError_base {
    get message(): string;
}
declare const ExportError_base: Schema.Class<ExportError, Schema.TaggedStruct<"ExportError", {
    readonly reason: Schema.Literals<readonly ["Randomness", "Replicas", "BatchSize", "Op", "Port", "Write"]>;
    readonly format: Schema.optionalKey<Schema.String>;
    readonly op: Schema.optionalKey<Schema.String>;
    readonly source: Schema.optionalKey<Schema.String>;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class ExportError extends ExportError_base {
    get message(): string;
}
declare const ArtifactError_base: Schema.Class<ArtifactError, Schema.TaggedStruct<"ArtifactError", {
    readonly reason: Schema.Literals<readonly ["NotFound", "Damaged", "Signature", "Input"]>;
    readonly file: Schema.String;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class ArtifactError extends ArtifactError_base {
    get message(): string;
}
declare const SinkError_base: Schema.Class<SinkError, Schema.TaggedStruct<"SinkError", {
    readonly file: Schema.String;
    readonly detail: Schema.String;
    readonly cause: Schema.optionalKey<Schema.Defect>;
}>, import("effect/Cause").YieldableError>;
export declare class SinkError extends SinkError_base {
    get message(): string;
}
declare const HostFunctionError_base: Schema.Class<HostFunctionError, Schema.TaggedStruct<"HostFunctionError", {
    readonly function: Schema.String;
    readonly step: Schema.Number;
    readonly detail: Schema.String;
    readonly cause: Schema.Defect;
}>, import("effect/Cause").YieldableError>;
export declare class HostFunctionError extends HostFunctionError_base {
    get message(): string;
}
declare const PredictorTaken_base: Schema.Class<PredictorTaken, Schema.TaggedStruct<"PredictorTaken", {
    readonly reason: Schema.Literals<readonly ["Nested", "Unread"]>;
    readonly detail: Schema.String;
}>, import("effect/Cause").YieldableError>;
export declare class PredictorTaken extends PredictorTaken_base {
    get message(): string;
}
declare const PartyStalled_base: Schema.Class<PartyStalled, Schema.TaggedStruct<"PartyStalled", {
    readonly party: Schema.String;
    readonly waitedMillis: Schema.Number;
}>, import("effect/Cause").YieldableError>;
export declare class PartyStalled extends PartyStalled_base {
    get message(): string;
}
export type EstimatorError = TraceError | CompileError | ExecuteError | EngineUnavailable | InputError | NanLossError | NumericsError | CheckpointError | ConfigError | SinkError | HostFunctionError | PartyStalled;
export {};
