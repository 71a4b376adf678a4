/**
 * The smallest whole system, for tests: the reference engine, checkpoints in memory, no reading ahead.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as DeviceReference from "./layers/device/DeviceReference.ts"
import * as InfeedPull from "./layers/feed/InfeedPull.ts"
import * as OutfeedQueue from "./layers/feed/OutfeedQueue.ts"
import * as RendezvousFibers from "./layers/feed/RendezvousFibers.ts"
import * as CheckpointStoreMemory from "./layers/storage/CheckpointStoreMemory.ts"
import * as TracerTfjs from "./layers/tracing/TracerTfjs.ts"
import type { EstimatorServices } from "./programs/Estimator.ts"

/** Nothing of it touches files, threads or native code. @category layers @since 0.1.0 */
export const layer = (options: { readonly replicas?: number } = {}): Layer.Layer<EstimatorServices> =>
  Layer.mergeAll(
    TracerTfjs.layer,
    CheckpointStoreMemory.layer,
    InfeedPull.layer,
    OutfeedQueue.layerMemory,
    RendezvousFibers.layer(),
    DeviceReference.layer(options)
  )
