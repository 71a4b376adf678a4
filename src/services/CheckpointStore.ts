/**
 * Keeps checkpoints: whole or not at all.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { CheckpointError } from "../domain/Errors.ts"
import type { State } from "../domain/Program.ts"
import type { StoredValues } from "../domain/WarmStart.ts"
import type { Retain } from "../domain/retention.ts"

/** All that a bit-identical continuation needs. @category models @since 0.1.0 */
export interface Checkpoint {
  /** The global step; also stored as the int64 tensor `global_step`. */
  readonly step: number
  /** Variables, slots, cache and random key by name; without the global step. */
  readonly state: State
  /** Small texts by name: the input position and what hooks keep. */
  readonly texts: ReadonlyMap<string, string>
}

/** @category models @since 0.1.0 */
export interface CheckpointRef {
  readonly step: number
  /** Path prefix, such as `runs/xl/model.ckpt-500`. */
  readonly path: string
}

/** @category services @since 0.1.0 */
export class CheckpointStore extends Context.Service<
  CheckpointStore,
  {
    /**
     * Writes one checkpoint: temporary name, fsync, rename, `checkpoint` state file last; a failure at any point leaves
     * the earlier ones loadable. Keeps the newest `keep` (0: all) and what `retain` names.
     */
    readonly save: (directory: string, checkpoint: Checkpoint, keep: number, retain?: Retain) => Effect.Effect<CheckpointRef, CheckpointError>
    /** The newest that the state file names, or `undefined` when the directory holds none (or is missing). */
    readonly latest: (directory: string) => Effect.Effect<CheckpointRef | undefined, CheckpointError>
    /** All that are there, oldest first. */
    readonly list: (directory: string) => Effect.Effect<ReadonlyArray<CheckpointRef>, CheckpointError>
    /**
     * Reads and verifies every checksum; the error names file and tensor. A path that ends in `.json` is a layers model of
     * TensorFlow.js, which gives its weights at step 0.
     */
    readonly load: (path: string) => Effect.Effect<Checkpoint, CheckpointError>
    /**
     * What a warm start may take from a file of any origin: a checkpoint of this package or of TensorFlow, a layers model
     * (`.json`), a safetensors file (`.safetensors`).
     */
    readonly values: (path: string) => Effect.Effect<StoredValues, CheckpointError>
    /**
     * A text that differs where the content of a checkpoint does, told without reading its tensors; `undefined` for a path
     * of which it cannot be told. Optional: without it a checkpoint counts as another each time.
     */
    readonly fingerprint?: (path: string) => Effect.Effect<string | undefined, CheckpointError>
    /**
     * Creates the directory and claims it for the rest of the scope. Fails with `Unwritable` when a checkpoint could not be
     * written there, and with `InUse` while another run has it.
     */
    readonly prepare: (directory: string) => Effect.Effect<void, CheckpointError, Scope.Scope>
    /** A small text kept beside the checkpoints, as `name.json`; `undefined` when there is none. */
    readonly readNote: (directory: string, name: string) => Effect.Effect<string | undefined, CheckpointError>
    /** Writes it whole or not at all. */
    readonly writeNote: (directory: string, name: string, text: string) => Effect.Effect<void, CheckpointError>
  }
>()("effect-estimator/services/CheckpointStore") {}
