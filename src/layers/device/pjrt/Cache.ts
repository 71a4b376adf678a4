/**
 * Compiled programs on disk. An entry is found by a hash of all that it depends on, and used only if it is whole: a damaged one, or
 * one that the plugin will not load, is removed and compiled anew. The folder may be removed at any time.
 *
 * @since 0.1.0
 */
import { createHash, randomUUID } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import * as path from "node:path"

/** First bytes of an entry; the number is that of the form of entries. */
const magic = Buffer.from("effect-estimator pjrt 1\n")
const hashBytes = 32

const sha256 = (...parts: ReadonlyArray<string | Uint8Array>): Buffer => {
  const hash = createHash("sha256")
  // lengths between them, so that no two lists of parts are the same bytes
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest()
}

/** File of a program in the folder. `dependencies`: text, plugin, options, processor … @category rules @since 0.1.0 */
export const fileOf = (folder: string, dependencies: ReadonlyArray<string | Uint8Array>): string =>
  path.join(
    folder,
    `${sha256(...dependencies)
      .toString("hex")
      .slice(0, 40)}.pjrt`
  )

const discard = (file: string): void => {
  try {
    rmSync(file, { force: true })
  } catch {
    // a folder that cannot be written keeps what is in it; it is not used
  }
}

/** It was used now. */
const touch = (file: string): void => {
  try {
    utimesSync(file, new Date(), new Date())
  } catch {
    // a folder that cannot be written
  }
}

/** What an entry holds; `undefined` where there is none, or none that is whole: that one is removed. @category readers @since 0.1.0 */
export const read = (file: string): Uint8Array | undefined => {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch {
    return undefined
  }
  const body = bytes.subarray(magic.length + hashBytes)
  const isWhole = bytes.subarray(0, magic.length).equals(magic) && bytes.subarray(magic.length, magic.length + hashBytes).equals(sha256(body))
  if (isWhole) {
    touch(file)
    return body
  }
  discard(file)
  return undefined
}

/** Bytes that the folder may hold. @category constants @since 0.1.0 */
export const capacity = 1 << 30

/** Removes what was unused for longest until the folder holds at most `limit` bytes, and what killed writers left a day ago. @category writers @since 0.1.0 */
export const prune = (folder: string, limit = capacity): void => {
  const dayAgo = Date.now() - 86_400_000
  for (const name of readdirSync(folder)) {
    // of a writer that was killed
    if (/\.pjrt\.[0-9a-f-]{36}$/.test(name) && times(path.join(folder, name)).used < dayAgo) discard(path.join(folder, name))
  }
  const entries = readdirSync(folder)
    .filter((name) => name.endsWith(".pjrt"))
    .map((name) => ({ file: path.join(folder, name), ...times(path.join(folder, name)) }))
    .sort((a, b) => b.used - a.used)
  let bytes = 0
  for (const { file, size } of entries) {
    bytes += size
    if (bytes > limit) discard(file)
  }
}

const times = (file: string): { readonly size: number; readonly used: number } => {
  try {
    const { mtimeMs, size } = statSync(file)
    return { size, used: mtimeMs }
  } catch {
    return { size: 0, used: 0 } // another process has removed it
  }
}

/** Appears whole or not at all; where it cannot be written, there is none. @category writers @since 0.1.0 */
export const write = (file: string, body: Uint8Array): void => {
  const temporary = `${file}.${randomUUID()}`
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(temporary, Buffer.concat([magic, sha256(body), body]))
    renameSync(temporary, file)
    prune(path.dirname(file))
  } catch {
    discard(temporary)
  }
}

/**
 * The program from its entry by `load`, or else by `compile`, whose `serialize` then makes one. What `load` throws discards the
 * entry; a plugin that cannot serialise has no cache.
 *
 * @category running
 * @since 0.1.0
 */
export const through = <A>(
  file: string,
  { compile, load, serialize }: { readonly compile: () => A; readonly load: (body: Uint8Array) => A; readonly serialize: (made: A) => Uint8Array }
): A => {
  const body = read(file)
  if (body !== undefined) {
    try {
      return load(body)
    } catch {
      discard(file)
    }
  }
  const made = compile()
  try {
    write(file, serialize(made))
  } catch {
    // a plugin that cannot serialise: the next process compiles again
  }
  return made
}
