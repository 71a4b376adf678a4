/**
 * Checkpoints as TensorFlow V2 bundles in a directory: `model.ckpt-N.index`, `model.ckpt-N.data-00000-of-00001` and the
 * state file `checkpoint`. TensorFlow reads them, and its own can be read. The arrays of a state are read while `save`
 * runs; they must not change meanwhile.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Semaphore from "effect/Semaphore"
import { CheckpointError } from "../../domain/Errors.ts"
import { type Held, type Retain, sweep } from "../../domain/retention.ts"
import { type Checkpoint, type CheckpointRef, CheckpointStore } from "../../services/CheckpointStore.ts"
import { type BundleTensor, dataFile, indexFile, sameTensor } from "./bundle.ts"
import { checkFiles, loadBundle, writeData } from "./bundleFiles.ts"
import { type CheckpointState, parseState, printState } from "./checkpointState.ts"
import { checkpointOf, tensorsOf } from "./checkpointTensors.ts"
import { claim, claimFile } from "./claim.ts"
import { faultError, makeDirectories, removeEmpty, type Output, readError, syncDirectory, temporarySuffix, writeError, writeSynced } from "./files.ts"
import { readLayersModel } from "./LayersModelFile.ts"
import { loadValues } from "./loadValues.ts"

const baseName = "model.ckpt"
const stateName = "checkpoint"

/** `model.ckpt-500`, and `model.ckpt-500-1` where another checkpoint of the same step was in the way. */
const prefixPattern = /^model\.ckpt-(\d+)(?:-(\d+))?$/
const temporaryPattern = /^(?:model\.ckpt-\d+(?:-\d+)?\.(?:index|data-00000-of-00001)|checkpoint|write-probe)\.tmp$/

interface Found extends CheckpointRef {
  readonly name: string
  readonly revision: number
}

const parsePrefix =
  (directory: string, join: Path.Path["join"]) =>
  (name: string): ReadonlyArray<Found> => {
    const match = prefixPattern.exec(name)
    return match === null ? [] : [{ name, step: Number(match[1]), revision: Number(match[2] ?? 0), path: join(directory, name) }]
  }

const stepOf = (path: string): number => {
  const match = /-(\d+)(?:-\d+)?$/.exec(path)
  return match === null ? 0 : Number(match[1])
}

const notFoundAs =
  <A>(value: A) =>
  <B, R>(effect: Effect.Effect<B, PlatformError, R>): Effect.Effect<A | B, PlatformError, R> =>
    effect.pipe(Effect.catch((error) => (error.reason._tag === "NotFound" ? Effect.succeed(value) : Effect.fail(error))))

interface Files {
  readonly fs: FileSystem.FileSystem
  readonly path: Path.Path
}

const remove = ({ fs }: Files, file: string) => fs.remove(file, { force: true })

/** The state file's names are relative to its directory or absolute. */
const placeOf = ({ path }: Files, directory: string, name: string) => (path.isAbsolute(name) ? name : path.join(directory, name))

/** For clean-up after a failure, which is the one to report. */
const discard = (files: Files, file: string) => Effect.ignore(remove(files, file))

const listFound = Effect.fnUntraced(function* ({ fs, path }: Files, directory: string) {
  const names = yield* fs.readDirectory(directory).pipe(notFoundAs<ReadonlyArray<string>>([]), Effect.mapError(readError(directory)))
  return names
    .filter((name) => name.endsWith(".index"))
    .flatMap((name) => parsePrefix(directory, path.join)(name.slice(0, -".index".length)))
    .sort((a, b) => a.step - b.step || a.revision - b.revision)
})

const readState = Effect.fnUntraced(function* ({ fs, path }: Files, directory: string) {
  const file = path.join(directory, stateName)
  const content = yield* fs.readFileString(file).pipe(notFoundAs(undefined), Effect.mapError(readError(file)))
  if (content === undefined) return undefined
  return yield* Effect.mapError(Effect.fromResult(parseState(content)), faultError(file))
})

/** Named last: from here on the new checkpoint counts. */
const putState = Effect.fnUntraced(function* ({ fs, path }: Files, directory: string, state: CheckpointState) {
  const file = path.join(directory, stateName)
  const bytes = new TextEncoder().encode(printState(state))
  const put = Effect.andThen(
    writeSynced(fs, file + temporarySuffix, (output) => output.write(bytes)),
    fs.rename(file + temporarySuffix, file)
  )
  yield* put.pipe(
    Effect.onError(() => discard({ fs, path }, file + temporarySuffix)),
    Effect.mapError(writeError(file))
  )
})

const syncNames = ({ fs }: Files, directory: string) => Effect.mapError(syncDirectory(fs, directory), writeError(directory))

/** Two renames and the state file: once begun they are not given up half-way by an interruption. */
const publish = Effect.fnUntraced(function* (files: Files, directory: string, prefix: string, state: CheckpointState) {
  const put = Effect.gen(function* () {
    for (const file of [dataFile(prefix), indexFile(prefix)]) {
      yield* Effect.mapError(files.fs.rename(file + temporarySuffix, file), writeError(file))
    }
    yield* syncNames(files, directory)
    yield* putState(files, directory, state)
  })
  // not yet named by the state file, so nobody counts on them; the index goes first, without it the data mean nothing
  yield* Effect.onError(put, () => Effect.andThen(discard(files, indexFile(prefix)), discard(files, dataFile(prefix))))
  yield* syncNames(files, directory)
}, Effect.uninterruptible)

const writeNew = Effect.fnUntraced(function* (
  files: Files,
  directory: string,
  prefix: string,
  tensors: ReadonlyMap<string, BundleTensor>,
  state: CheckpointState
) {
  const data = dataFile(prefix)
  const index = indexFile(prefix)
  const write = Effect.gen(function* () {
    const indexBytes = yield* Effect.mapError(writeData(files.fs, data + temporarySuffix, tensors), writeError(data))
    const body = (output: Output) => output.write(indexBytes)
    yield* Effect.mapError(writeSynced(files.fs, index + temporarySuffix, body), writeError(index))
    yield* publish(files, directory, prefix, state)
  })
  yield* Effect.onError(write, () => Effect.andThen(discard(files, index + temporarySuffix), discard(files, data + temporarySuffix)))
})

/** Whether `prefix` already holds just these tensors; a bad one does not. */
const holds = (files: Files, prefix: string, tensors: ReadonlyMap<string, BundleTensor>) =>
  loadBundle(files.fs, prefix).pipe(
    Effect.map(
      (there) => there.size === tensors.size && [...tensors].every(([name, tensor]) => there.has(name) && sameTensor(tensor, there.get(name)!))
    ),
    Effect.catch(() => Effect.succeed(false))
  )

/**
 * Deletes what `dropped` names; a checkpoint whose files are not whole stays, for a person to look at. The new checkpoint
 * is safe by now, so trouble here is a warning and no failure.
 */
const prune = Effect.fnUntraced(function* (files: Files, dropped: ReadonlyArray<string>) {
  for (const prefix of dropped) {
    yield* Effect.gen(function* () {
      const index = yield* checkFiles(files.fs, prefix)
      yield* remove(files, indexFile(prefix))
      for (let shard = 0; shard < index.shards; shard++) yield* remove(files, dataFile(prefix, shard, index.shards))
    }).pipe(
      Effect.catchTag("CheckpointError", (error) => (error.reason === "NotFound" ? Effect.void : Effect.fail(error))),
      Effect.catch((error) => Effect.logWarning(`old checkpoint ${prefix} was not removed: ${error.message}`))
    )
  }
})

/** Name for a new checkpoint of this step, or the one that already holds it. Whatever else has the name, good or bad, is left as it is. */
const placeFor = Effect.fnUntraced(function* (files: Files, directory: string, step: number, tensors: ReadonlyMap<string, BundleTensor>) {
  const last = (yield* listFound(files, directory)).filter((found) => found.step === step).at(-1)
  if (last === undefined) return { name: `${baseName}-${step}`, there: false }
  if (yield* holds(files, last.path, tensors)) return { name: last.name, there: true }
  return { name: `${baseName}-${step}-${last.revision + 1}`, there: false }
})

/** Times are noted where they are needed; a checkpoint saved without its time counts as saved long ago. */
const stateOf = (held: ReadonlyArray<Held<string>>, retain: Retain, preservedMillis: number | undefined): CheckpointState => ({
  latest: held.at(-1)!.ref,
  all: held.map(({ ref }) => ref),
  millis: retain.everyHours === undefined ? undefined : held.map(({ millis }) => millis ?? 0),
  preservedMillis
})

/** Notes are as safe as the state file: a new one takes the old one's place by a rename. */
const writeNote = Effect.fnUntraced(function* (files: Files, directory: string, name: string, text: string) {
  const { fs, path } = files
  const file = path.join(directory, `${name}.json`)
  const put = Effect.gen(function* () {
    yield* makeDirectories(fs, path, directory)
    yield* writeSynced(fs, file + temporarySuffix, (output) => output.write(new TextEncoder().encode(text)))
    yield* fs.rename(file + temporarySuffix, file)
  })
  yield* put.pipe(
    Effect.onError(() => discard(files, file + temporarySuffix)),
    Effect.mapError(writeError(file))
  )
})

const readNote = (files: Files, directory: string, name: string) => {
  const file = files.path.join(directory, `${name}.json`)
  return files.fs.readFileString(file).pipe(notFoundAs(undefined), Effect.mapError(readError(file)))
}

const save = Effect.fnUntraced(function* (files: Files, directory: string, checkpoint: Checkpoint, keep: number, retain: Retain) {
  const { fs, path } = files
  const tensors = tensorsOf(checkpoint)
  yield* Effect.mapError(makeDirectories(fs, path, directory), writeError(directory))
  const previous = yield* readState(files, directory)
  const { name, there } = yield* placeFor(files, directory, checkpoint.step, tensors)
  const prefix = path.join(directory, name)
  const older = (previous?.all ?? [])
    .map((ref, i) => ({ ref, step: stepOf(ref), millis: previous?.millis?.[i] }))
    .filter(({ ref }) => path.resolve(directory, ref) !== path.resolve(prefix))
  const now = yield* Clock.currentTimeMillis
  const { dropped, kept, preservedMillis } = sweep(older, keep, retain, now, previous?.preservedMillis)
  const state = stateOf([...kept, { ref: name, step: checkpoint.step, millis: now }], retain, preservedMillis)
  if (!there) yield* writeNew(files, directory, prefix, tensors, state)
  else if (previous?.latest !== name) yield* Effect.uninterruptible(putState(files, directory, state))
  else return { step: checkpoint.step, path: prefix }
  yield* prune(
    files,
    dropped.map(({ ref }) => placeOf(files, directory, ref))
  )
  return { step: checkpoint.step, path: prefix }
})

const latest = Effect.fnUntraced(function* (files: Files, directory: string) {
  const state = yield* readState(files, directory)
  const found = yield* listFound(files, directory)
  // without a state file: a first save that was cut off after its files were whole
  if (state === undefined && found.length === 0) return undefined
  const prefix = state === undefined ? found.at(-1)!.path : placeOf(files, directory, state.latest)
  const others = found.filter(({ path }) => files.path.resolve(path) !== files.path.resolve(prefix)).map(({ name }) => name)
  const stateFile = files.path.join(directory, stateName)
  const advice =
    others.length === 0
      ? "Restore the file from a copy, or start in another model directory"
      : `Restore the file from a copy, or name another one (${others.slice(-3).join(", ")}) as model_checkpoint_path in ${stateFile}`
  yield* Effect.mapError(
    checkFiles(files.fs, prefix),
    (error) =>
      new CheckpointError({
        reason: error.reason,
        file: error.file,
        detail: `${error.detail}. It belongs to the newest checkpoint of ${directory}. ${advice}`,
        cause: error,
        ...(error.tensor === undefined ? {} : { tensor: error.tensor })
      })
  )
  return { step: stepOf(prefix), path: prefix }
})

const prepare = Effect.fnUntraced(function* (files: Files, directory: string) {
  const { fs, path } = files
  const probe = path.join(directory, `write-probe${temporarySuffix}`)
  const steps = Effect.gen(function* () {
    // registered before the claim: its file is gone by then
    yield* Effect.acquireRelease(
      Effect.flatMap(fs.exists(directory), (there) => Effect.as(makeDirectories(fs, path, directory), there)),
      (there) => (there ? Effect.void : removeEmpty(directory))
    )
    yield* claim(fs, path.join(directory, claimFile))
    // left by a process that was killed while it saved
    for (const name of yield* fs.readDirectory(directory)) if (temporaryPattern.test(name)) yield* remove(files, path.join(directory, name))
    yield* writeSynced(fs, probe, (output) => output.write(Uint8Array.of(0)))
  })
  yield* steps.pipe(
    Effect.ensuring(discard(files, probe)),
    Effect.mapError((error) => (error instanceof CheckpointError ? error : writeError(directory)(error)))
  )
})

const load = Effect.fnUntraced(function* (files: Files, prefix: string) {
  if (prefix.endsWith(".json")) return { step: 0, state: (yield* readLayersModel(files.fs, files.path, prefix)).weights, texts: new Map() }
  const tensors = yield* loadBundle(files.fs, prefix)
  return yield* Effect.mapError(Effect.fromResult(checkpointOf(tensors)), faultError(indexFile(prefix)))
})

/** The checksums that the index has of every tensor. */
const fingerprint = (files: Files, prefix: string): Effect.Effect<string | undefined, CheckpointError> =>
  prefix.endsWith(".json")
    ? Effect.undefined
    : Effect.map(checkFiles(files.fs, prefix), ({ entries }) => entries.map(({ crc, name }) => `${name} ${crc}`).join("\n"))

/** @category constructors @since 0.1.0 */
export const make: Effect.Effect<CheckpointStore["Service"], never, FileSystem.FileSystem | Path.Path> = Effect.gen(function* () {
  const files: Files = { fs: yield* FileSystem.FileSystem, path: yield* Path.Path }
  // two saves at once would each drop the other from the state file
  const one = yield* Semaphore.make(1)
  return CheckpointStore.of({
    save: Effect.fn("CheckpointStoreFile.save")((directory, checkpoint, keep, retain = {}) =>
      one.withPermit(save(files, directory, checkpoint, keep, retain))
    ),
    latest: Effect.fn("CheckpointStoreFile.latest")((directory) => latest(files, directory)),
    list: Effect.fn("CheckpointStoreFile.list")((directory) =>
      Effect.map(listFound(files, directory), (found) => found.map(({ path, step }): CheckpointRef => ({ step, path })))
    ),
    load: Effect.fn("CheckpointStoreFile.load")((prefix) => load(files, prefix)),
    values: Effect.fn("CheckpointStoreFile.values")((path) => loadValues(files.fs, files.path, path)),
    fingerprint: Effect.fn("CheckpointStoreFile.fingerprint")((prefix) => fingerprint(files, prefix)),
    prepare: Effect.fn("CheckpointStoreFile.prepare")((directory) => prepare(files, directory)),
    readNote: Effect.fn("CheckpointStoreFile.readNote")((directory, name) => readNote(files, directory, name)),
    writeNote: Effect.fn("CheckpointStoreFile.writeNote")((directory, name, text) => one.withPermit(writeNote(files, directory, name, text)))
  })
})

/** @category layers @since 0.1.0 */
export const layer: Layer.Layer<CheckpointStore, never, FileSystem.FileSystem | Path.Path> = Layer.effect(CheckpointStore, make)
