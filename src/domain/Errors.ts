/**
 * Every typed failure of the package. Each message says what was expected, what came, and what to do next.
 * `exitCode` is what the command line ends with: 1 a failed run, 2 wrong usage or configuration.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/** What went wrong while `modelFn` was recorded. @category models @since 0.1.0 */
export const TraceReason = Schema.Literals([
  "HostRead",
  "HostRandomness",
  "UnknownKernel",
  "DataDependentShape",
  "MissingGradient",
  "InvalidOperands",
  "ForeignVariable",
  "ForeignTensor",
  "VariableMismatch",
  "NotDeterministic",
  "InvalidSpec",
  "CacheMismatch",
  "ModelThrew"
])
export type TraceReason = typeof TraceReason.Type

/** `modelFn` cannot become a compiled step. `op` is the tfjs kernel or IR op, `source` the user's `file:line:column`. @category errors @since 0.1.0 */
export class TraceError extends Schema.TaggedError<TraceError>()("TraceError", {
  reason: TraceReason,
  op: Schema.optionalKey(Schema.String),
  source: Schema.optionalKey(Schema.String),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    const at = this.source === undefined ? "" : ` (at ${this.source})`
    return `${this.reason}${this.op === undefined ? "" : ` in ${this.op}`}: ${this.detail}${at}`
  }
}

/** The engine cannot run this program: an op without a lowering, or the engine refused what was lowered. @category errors @since 0.1.0 */
export class CompileError extends Schema.TaggedError<CompileError>()("CompileError", {
  engine: Schema.String,
  op: Schema.optionalKey(Schema.String),
  source: Schema.optionalKey(Schema.String),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    const at = this.source === undefined ? "" : ` (at ${this.source})`
    return `${this.engine} cannot compile${this.op === undefined ? "" : ` ${this.op}`}: ${this.detail}${at}`
  }
}

/** A step failed on the device, or the device was lost; the state on it is not to be trusted afterwards. @category errors @since 0.1.0 */
export class ExecuteError extends Schema.TaggedError<ExecuteError>()("ExecuteError", {
  engine: Schema.String,
  reason: Schema.Literals(["OpFailed", "DeviceLost", "Closed", "BadState", "BadBatch"]),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `${this.engine}: ${this.reason}: ${this.detail}`
  }
}

/** The engine's native library is not there or cannot be loaded; `remedy` is the command that helps. @category errors @since 0.1.0 */
export class EngineUnavailable extends Schema.TaggedError<EngineUnavailable>()("EngineUnavailable", {
  engine: Schema.String,
  detail: Schema.String,
  remedy: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `engine ${this.engine} is not available: ${this.detail.replace(/\.$/, "")}. ${this.remedy}`
  }
}

/** A batch that does not fit the program. @category errors @since 0.1.0 */
export class InputError extends Schema.TaggedError<InputError>()("InputError", {
  reason: Schema.Literals([
    "NotDivisible",
    "ShapeChanged",
    "DTypeChanged",
    "KeysChanged",
    "PartialBatch",
    "BatchTooLarge",
    "NotATensor",
    "NotAnInput",
    "InputFnThrew",
    "OutOfRange",
    "Empty",
    "UnreadableSource",
    "BadPosition"
  ]),
  /** Path of the leaf, such as `features/tokens`; empty where it concerns the whole batch. */
  leaf: Schema.String,
  /** Counted from 0 over the batches of this input. */
  batch: Schema.optionalKey(Schema.Number),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    const where = [this.leaf, this.batch === undefined ? "" : `batch ${this.batch}`].filter((s) => s !== "").join(", ")
    return `input: ${this.reason}${where === "" ? "" : ` (${where})`}: ${this.detail}`
  }
}

/** The reported loss became NaN (`step` is the global step after the run that showed it); `place` where that is no training. @category errors @since 0.1.0 */
export class NanLossError extends Schema.TaggedError<NanLossError>()("NanLossError", {
  step: Schema.Number,
  loss: Schema.Number,
  place: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return this.place === undefined
      ? `NaN loss at global step ${this.step}. Lower the learning rate or clip gradients; the last checkpoint holds the state before it.`
      : `NaN loss at ${this.place}. ${ofCheckpoint}`
  }
}

const ofCheckpoint = "The weights of that checkpoint or the values of these batches make it: look at both, or take an earlier checkpoint."

/** A leaf of the state holds a NaN or an infinity (`step` is the global step after the run that showed it). @category errors @since 0.1.0 */
export class NumericsError extends Schema.TaggedError<NumericsError>()("NumericsError", {
  variable: Schema.String,
  /** Of the element, in row-major order. */
  index: Schema.Number,
  value: Schema.String,
  step: Schema.Number,
  /** Where that is no training. */
  place: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    const found = `"${this.variable}" holds ${this.value} (element ${this.index}) at ${this.place ?? `global step ${this.step}`}.`
    return this.place === undefined
      ? `${found} Lower the learning rate or clip gradients; the last checkpoint holds the state before it.`
      : `${found} ${ofCheckpoint}`
  }
}

/** A checkpoint that cannot be read, written, or used for this model. It is never overwritten or deleted because of this. @category errors @since 0.1.0 */
export class CheckpointError extends Schema.TaggedError<CheckpointError>()("CheckpointError", {
  reason: Schema.Literals([
    "Unwritable",
    "DiskFull",
    "Unreadable",
    "Corrupt",
    "Truncated",
    "Foreign",
    "MissingTensor",
    "TypeMismatch",
    "NotFound",
    "InUse"
  ]),
  file: Schema.String,
  tensor: Schema.optionalKey(Schema.String),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `checkpoint ${this.file}${this.tensor === undefined ? "" : `, tensor "${this.tensor}"`}: ${this.reason}: ${this.detail}`
  }
}

/** Workers were lame, and the computation was shut down (a training after its state had been saved: run again, it goes on from there). @category errors @since 0.1.0 */
export class ComputationShutdown extends Schema.TaggedError<ComputationShutdown>()("ComputationShutdown", {
  step: Schema.Number,
  workers: Schema.Array(Schema.String),
  /** Where that is no training. */
  place: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    const remedy = this.place === undefined ? "Train again: the run goes on from its newest checkpoint." : "Run it again: it begins anew."
    return `workers ${this.workers.join(", ")} were lame: the computation was shut down at ${this.place ?? `global step ${this.step}`}. ${remedy}`
  }
}

/** Configuration or arguments that cannot be right; `suggestion` is the nearest known name. @category errors @since 0.1.0 */
export class ConfigError extends Schema.TaggedError<ConfigError>()("ConfigError", {
  key: Schema.String,
  detail: Schema.String,
  suggestion: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    return `config ${this.key}: ${this.detail}${this.suggestion === undefined ? "" : ` Did you mean "${this.suggestion}"?`}`
  }
}

/**
 * A model that cannot be exported, or not in this format: it draws (`Randomness`), tells replicas apart (`Replicas`), depends on the
 * batch's size in a way that cannot be written down (`BatchSize`), has an op that the format lacks (`Op`), an input, output or signature that
 * does not fit (`Port`); or its files could not be written (`Write`). `op` is the op of the intermediate representation, `source` the
 * user's line.
 *
 * @category errors
 * @since 0.1.0
 */
export class ExportError extends Schema.TaggedError<ExportError>()("ExportError", {
  reason: Schema.Literals(["Randomness", "Replicas", "BatchSize", "Op", "Port", "Write"]),
  format: Schema.optionalKey(Schema.String),
  op: Schema.optionalKey(Schema.String),
  source: Schema.optionalKey(Schema.String),
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    const where = [this.format, this.op].filter((part) => part !== undefined).join(", ")
    const at = this.source === undefined ? "" : ` (at ${this.source})`
    return `export: ${this.reason}${where === "" ? "" : ` (${where})`}: ${this.detail}${at}`
  }
}

/**
 * An exported StableHLO module that cannot be loaded or called: there is none (`NotFound`), a file of it is not what the export wrote
 * (`Damaged`), it has no such signature (`Signature`), or what it was called with does not fit (`Input`).
 *
 * @category errors
 * @since 0.1.0
 */
export class ArtifactError extends Schema.TaggedError<ArtifactError>()("ArtifactError", {
  reason: Schema.Literals(["NotFound", "Damaged", "Signature", "Input"]),
  file: Schema.String,
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `StableHLO ${this.file}: ${this.reason}: ${this.detail}`
  }
}

/** A sink of run events could not write. @category errors @since 0.1.0 */
export class SinkError extends Schema.TaggedError<SinkError>()("SinkError", {
  file: Schema.String,
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    return `events ${this.file}: ${this.detail}`
  }
}

/** A function of the model that runs on the host threw: which one, and at which global step. @category errors @since 0.1.0 */
export class HostFunctionError extends Schema.TaggedError<HostFunctionError>()("HostFunctionError", {
  /** `hostCall`, or `metric <name>`. */
  function: Schema.String,
  step: Schema.Number,
  detail: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `${this.function} failed at global step ${this.step}: ${this.detail}`
  }
}

/** A predictor is in use by a call that will not make way: one that asks it again (`Nested`), or whose stream nobody reads (`Unread`). @category errors @since 0.1.0 */
export class PredictorTaken extends Schema.TaggedError<PredictorTaken>()("PredictorTaken", {
  reason: Schema.Literals(["Nested", "Unread"]),
  detail: Schema.String
}) {
  override get message() {
    return `the predictor is taken: ${this.detail}.`
  }
}

/** A party of a run did not come to its end in time. @category errors @since 0.1.0 */
export class PartyStalled extends Schema.TaggedError<PartyStalled>()("PartyStalled", {
  party: Schema.String,
  waitedMillis: Schema.Number
}) {
  override get message() {
    return `${this.party} did not finish within ${this.waitedMillis} ms after another party had failed`
  }
}

/** Failures that a program may have besides those of its input, hooks and host calls, and of predictors (`PredictorTaken`). @category errors @since 0.1.0 */
export type EstimatorError =
  | TraceError
  | CompileError
  | ExecuteError
  | EngineUnavailable
  | InputError
  | NanLossError
  | NumericsError
  | CheckpointError
  | ConfigError
  | SinkError
  | HostFunctionError
  | PartyStalled
