/**
 * Checkpoints in memory, one map per built layer: for tests and for programs that keep nothing.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CheckpointError } from "../../domain/Errors.ts"
import type { Tensor } from "../../domain/Tensor.ts"
import { type Checkpoint, type CheckpointRef, CheckpointStore } from "../../services/CheckpointStore.ts"

const copy = (checkpoint: Checkpoint): Checkpoint => ({
  step: checkpoint.step,
  state: new Map([...checkpoint.state].map(([name, tensor]): [string, Tensor] => [name, { ...tensor, data: tensor.data.slice() }])),
  texts: new Map(checkpoint.texts)
})

/** @category constructors @since 0.1.0 */
export const make: Effect.Effect<CheckpointStore["Service"]> = Effect.sync(() => {
  const directories = new Map<string, Map<number, Checkpoint>>()
  const refsOf = (directory: string): ReadonlyArray<CheckpointRef> =>
    [...(directories.get(directory)?.keys() ?? [])].sort((a, b) => a - b).map((step) => ({ step, path: `${directory}/model.ckpt-${step}` }))
  return CheckpointStore.of({
    save: (directory, checkpoint, keep) =>
      Effect.sync(() => {
        const held = directories.get(directory) ?? new Map<number, Checkpoint>()
        directories.set(directory, held)
        // saved again: the newest in order of saving, as in files
        held.delete(checkpoint.step)
        held.set(checkpoint.step, copy(checkpoint))
        if (keep > 0) for (const step of [...held.keys()].slice(0, -keep)) held.delete(step)
        return { step: checkpoint.step, path: `${directory}/model.ckpt-${checkpoint.step}` }
      }),
    latest: (directory) =>
      Effect.sync(() => {
        const step = [...(directories.get(directory)?.keys() ?? [])].at(-1)
        return step === undefined ? undefined : { step, path: `${directory}/model.ckpt-${step}` }
      }),
    list: (directory) => Effect.sync(() => refsOf(directory)),
    load: (path) =>
      Effect.suspend(() => {
        const match = /^(.*)\/model\.ckpt-(\d+)$/.exec(path)
        const found = match === null ? undefined : directories.get(match[1]!)?.get(Number(match[2]))
        return found === undefined
          ? Effect.fail(new CheckpointError({ reason: "NotFound", file: path, detail: "nothing was saved under this name" }))
          : Effect.succeed(copy(found))
      }),
    prepare: () => Effect.void
  })
})

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<CheckpointStore> = Layer.effect(CheckpointStore, make)
