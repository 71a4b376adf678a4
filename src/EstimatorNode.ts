/**
 * All services of a program but the device, as Node has them: tracing of TensorFlow.js, checkpoints in files, queues.
 *
 * @since 0.1.0
 */
import type { NodeServices } from "@effect/platform-node"
import * as NodeServicesLayer from "@effect/platform-node/NodeServices"
import * as Layer from "effect/Layer"
import * as InfeedStream from "./layers/feed/InfeedStream.ts"
import * as OutfeedQueue from "./layers/feed/OutfeedQueue.ts"
import * as RendezvousFibers from "./layers/feed/RendezvousFibers.ts"
import * as CheckpointStoreFile from "./layers/storage/CheckpointStoreFile.ts"
import * as TracerTfjs from "./layers/tracing/TracerTfjs.ts"
import type { EstimatorServices } from "./programs/Estimator.ts"
import type { Device } from "./services/Device.ts"

/** Also gives Node's own services (files, paths, terminal), so that one `Effect.provide` is enough. @category layers @since 0.1.0 */
export const layer: Layer.Layer<Exclude<EstimatorServices, Device> | NodeServices.NodeServices> = Layer.mergeAll(
  TracerTfjs.layer,
  CheckpointStoreFile.layer,
  InfeedStream.layer,
  OutfeedQueue.layer,
  RendezvousFibers.layer()
).pipe(Layer.provideMerge(NodeServicesLayer.layer))
