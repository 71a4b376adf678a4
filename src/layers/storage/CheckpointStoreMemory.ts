/**
 * Checkpoints in memory, one map per built layer: for tests and for programs that keep nothing.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CheckpointError } from "../../domain/Errors.ts"
import { sweep } from "../../domain/retention.ts"
import type { Tensor } from "../../domain/Tensor.ts"
import { type Checkpoint, type CheckpointRef, CheckpointStore } from "../../services/CheckpointStore.ts"

const copy = (checkpoint: Checkpoint): Checkpoint => ({
  step: checkpoint.step,
  state: new Map([...checkpoint.state].map(([name, tensor]): [string, Tensor] => [name, { ...tensor, data: tensor.data.slice() }])),
  texts: new Map(checkpoint.texts)
})

const inUse = (directory: string) =>
  new CheckpointError({ reason: "InUse", file: directory, detail: "another run saves there; wait for it, or give this one a directory of its own" })

/** @category constructors @since 0.1.0 */
export const make: Effect.Effect<CheckpointStore["Service"]> = Effect.sync(() => {
  const directories = new Map<string, Map<number, Checkpoint>>()
  /** When each checkpoint was saved, and when the last one that stays for good. */
  const times = new Map<string, { readonly saved: Map<number, number>; preserved: number | undefined; readonly forGood: Set<number> }>()
  /** Which save made each: what was saved anew counts as another content. */
  const numbers = new WeakMap<Checkpoint, number>()
  let saves = 0
  const notes = new Map<string, string>()
  /** Directories that a run has for itself. */
  const claimed = new Set<string>()
  const refsOf = (directory: string): ReadonlyArray<CheckpointRef> =>
    [...(directories.get(directory)?.keys() ?? [])].sort((a, b) => a - b).map((step) => ({ step, path: `${directory}/model.ckpt-${step}` }))
  const find = (path: string): Effect.Effect<Checkpoint, CheckpointError> =>
    Effect.suspend(() => {
      const match = /^(.*)\/model\.ckpt-(\d+)$/.exec(path)
      const found = match === null ? undefined : directories.get(match[1]!)?.get(Number(match[2]))
      return found === undefined
        ? Effect.fail(new CheckpointError({ reason: "NotFound", file: path, detail: "nothing was saved under this name" }))
        : Effect.succeed(found)
    })
  return CheckpointStore.of({
    save: (directory, checkpoint, keep, retain = {}) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const held = directories.get(directory) ?? new Map<number, Checkpoint>()
        directories.set(directory, held)
        // saved again: the newest in order of saving, as in files
        held.delete(checkpoint.step)
        const time = times.get(directory) ?? { saved: new Map(), preserved: undefined, forGood: new Set() }
        times.set(directory, time)
        const older = [...held.keys()].filter((step) => !time.forGood.has(step)).map((step) => ({ ref: step, step, millis: time.saved.get(step) }))
        const { dropped, kept, preservedMillis } = sweep(older, keep, retain, now, time.preserved)
        time.forGood.delete(checkpoint.step)
        for (const { step } of dropped) held.delete(step)
        for (const { step } of older) if (held.has(step) && !kept.some((one) => one.step === step)) time.forGood.add(step)
        time.preserved = preservedMillis
        time.saved.set(checkpoint.step, now)
        const own = copy(checkpoint)
        held.set(checkpoint.step, own)
        numbers.set(own, ++saves)
        return { step: checkpoint.step, path: `${directory}/model.ckpt-${checkpoint.step}` }
      }),
    latest: (directory) =>
      Effect.sync(() => {
        const step = [...(directories.get(directory)?.keys() ?? [])].at(-1)
        return step === undefined ? undefined : { step, path: `${directory}/model.ckpt-${step}` }
      }),
    list: (directory) => Effect.sync(() => refsOf(directory)),
    load: (path) => Effect.map(find(path), copy),
    values: (path) => Effect.map(find(path), (found) => ({ state: copy(found).state, others: new Map() })),
    fingerprint: (path) => Effect.map(find(path), (found) => String(numbers.get(found))),
    prepare: (directory) =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.suspend(() => (claimed.has(directory) ? Effect.fail(inUse(directory)) : Effect.sync(() => void claimed.add(directory)))),
          () => Effect.sync(() => void claimed.delete(directory))
        )
      ),
    readNote: (directory, name) => Effect.sync(() => notes.get(`${directory}/${name}`)),
    writeNote: (directory, name, text) => Effect.sync(() => void notes.set(`${directory}/${name}`, text))
  })
})

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<CheckpointStore> = Layer.effect(CheckpointStore, make)
