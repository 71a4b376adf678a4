/**
 * What an exported StableHLO module is called with and gives: `manifest.json` beside the artifacts.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/** Folder in a SavedModel, where TensorFlow has place for files of others. @category constants @since 0.1.0 */
export const folder = ["assets.extra", "stablehlo"] as const

/** @category constants @since 0.1.0 */
export const manifestFile = "manifest.json"

/** An argument or result of `@main`, in its order. @category models @since 0.1.0 */
export const Port = Schema.Struct({
  /** Of a variable its name in the SavedModel's `variables/`; of a result its key in the signature. */
  name: Schema.String,
  /** `check`: int32, 0 or 1 more than the index in `checks` of what does not hold. */
  kind: Schema.Literals(["variable", "feature", "cache", "prediction", "check"]),
  dtype: Schema.Literals(["float32", "int32", "bool"]),
  /** Row-major. */
  shape: Schema.Array(Schema.Natural)
})
export type Port = typeof Port.Type

/** @category models @since 0.1.0 */
export const SignatureEntry = Schema.Struct({
  name: Schema.String,
  kind: Schema.Literals(["classification", "regression", "predict"]),
  /** The artifact; signatures with the same results share one. */
  file: Schema.String,
  /** Of the artifact's bytes, hexadecimal. */
  sha256: Schema.String,
  arguments: Schema.Array(Port),
  results: Schema.Array(Port),
  /** What it means that a check does not hold: an op with the line that made it. */
  checks: Schema.Array(Schema.String)
})
export type SignatureEntry = typeof SignatureEntry.Type

/** `version` grows when its form changes. @category models @since 0.1.0 */
export const Manifest = Schema.Struct({
  format: Schema.Literal("effect-estimator/stablehlo"),
  version: Schema.Literal(1),
  /** The version that a consumer must have at least. */
  stablehlo: Schema.String,
  /** Global step of the checkpoint. */
  step: Schema.Natural,
  /** Rows of every batch. */
  batchSize: Schema.Natural,
  /** The first is the default. */
  signatures: Schema.Array(SignatureEntry)
})
export type Manifest = typeof Manifest.Type

/** @category conversions @since 0.1.0 */
export const manifestText = Schema.fromJsonString(Manifest)
