/**
 * Writes a model's signatures as StableHLO into a SavedModel: a portable artifact each, and the manifest.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import { createHash } from "node:crypto"
import { ExportError } from "../../../domain/Errors.ts"
import type { DeviceGraph, ServingModel, Signature } from "../../../domain/export/ServingModel.ts"
import { NoRule } from "../../device/hosted/NoRule.ts"
import { writeSynced } from "../../storage/files.ts"
import * as Names from "../names.ts"
import { encode, stablehloVersion } from "./artifact.ts"
import { graphMain } from "./graphMain.ts"
import { folder, type Manifest, manifestFile, type Port, type SignatureEntry } from "./Manifest.ts"

const format = "stablehlo"

/** @category rules @since 0.1.0 */
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** Of one signature. @category models @since 0.1.0 */
export interface Artifact {
  readonly bytes: Uint8Array
  readonly arguments: ReadonlyArray<Port>
  /** In the order of the signature's outputs; a check comes last. */
  readonly results: ReadonlyArray<Port>
  readonly checks: ReadonlyArray<string>
}

/** @category conversions @since 0.1.0 */
export const artifactOf = ({ graph, inputs, outputs }: DeviceGraph, signature: Signature): Result.Result<Artifact, ExportError> =>
  Result.try({
    try: () => {
      const chosen = signature.outputs.map(({ port }) => outputs.findIndex(({ name }) => name === port))
      const main = graphMain({ ...graph, outputs: chosen.map((i) => graph.outputs[i]!) })
      const args = main.taken.map(({ name, node }): Port => {
        const port = inputs.find(({ leaf }) => leaf === name)
        const { dtype, shape } = graph.nodes[node]!.type
        return port === undefined ? { name, kind: "variable", dtype, shape } : { name: port.name, kind: port.kind, dtype, shape }
      })
      const results = signature.outputs.map(({ key }, i): Port => {
        const { dtype, kind, shape } = outputs[chosen[i]!]!
        return { name: key, kind, dtype, shape }
      })
      const check: ReadonlyArray<Port> = main.checks.length === 0 ? [] : [{ name: "check", kind: "check", dtype: "int32", shape: [] }]
      return { bytes: encode(main), arguments: args, results: [...results, ...check], checks: main.checks }
    },
    catch: (error) => {
      if (!(error instanceof NoRule)) throw error
      const { op, source } = error.node
      return new ExportError({
        reason: "Op",
        format,
        op,
        ...(source === undefined ? {} : { source }),
        detail: "the op has no form in StableHLO here"
      })
    }
  })

/** Letters of all systems' files. */
const fileNames = () => Names.make((name) => name.replace(/[^\w.-]/g, "_").replace(/^\.+/, "_"), { same: (name) => name.toLowerCase() })

/** @category combinators @since 0.1.0 */
export const writeArtifacts = Effect.fnUntraced(function* (
  model: ServingModel,
  tpu: DeviceGraph,
  directory: string
): Effect.fn.Return<void, ExportError | PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const place = path.join(directory, ...folder)
  yield* fs.makeDirectory(place, { recursive: true })
  const names = fileNames()
  /** Files by the hash of what is in them. */
  const files = new Map<string, string>()
  const signatures: Array<SignatureEntry> = []
  for (const signature of model.signatures) {
    const { bytes, ...ports } = yield* Effect.fromResult(artifactOf(tpu, signature))
    const hash = sha256(bytes)
    const file = files.get(hash) ?? `${names.take(signature.name)}.mlirbc`
    if (!files.has(hash)) yield* writeSynced(fs, path.join(place, file), (output) => output.write(bytes))
    files.set(hash, file)
    signatures.push({ name: signature.name, kind: signature.kind, file, sha256: hash, ...ports })
  }
  const manifest: Manifest = {
    format: "effect-estimator/stablehlo",
    version: 1,
    stablehlo: stablehloVersion,
    step: model.step,
    batchSize: tpu.batchSize,
    signatures
  }
  const text = new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`)
  yield* writeSynced(fs, path.join(place, manifestFile), (output) => output.write(text))
})
