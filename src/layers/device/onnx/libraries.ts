/**
 * Finds the two optional packages: koffi, and the native library that onnxruntime-node ships.
 *
 * @since 0.1.0
 */
import { existsSync, readdirSync } from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import * as Result from "effect/Result"
import { EngineUnavailable } from "../../../domain/Errors.ts"
import { engine, remedy } from "./Host.ts"

/** Path of a module as `require.resolve` gives it; throws when there is none. @category models @since 0.1.0 */
export type Resolve = (specifier: string) => string

/** As seen from this package. @category constructors @since 0.1.0 */
export const resolveHere: Resolve = createRequire(import.meta.url).resolve

const isLibrary = (file: string) => /^(libonnxruntime\.so\.\d+|libonnxruntime\.\d+\.dylib|onnxruntime\.dll)$/.test(file)

/** @category models @since 0.1.0 */
export interface Libraries {
  readonly koffi: string
  readonly library: string
}

/** Absolute paths, or which of the packages is missing. @category constructors @since 0.1.0 */
export const find = (resolve: Resolve): Result.Result<Libraries, EngineUnavailable> => {
  const missing = (detail: string, cause?: unknown) =>
    Result.fail(new EngineUnavailable({ engine, detail, remedy, ...(cause === undefined ? {} : { cause }) }))
  let koffi: string
  let root: string
  try {
    koffi = resolve("koffi")
  } catch (cause) {
    return missing("the package koffi is not installed", cause)
  }
  try {
    root = path.dirname(resolve("onnxruntime-node/package.json"))
  } catch (cause) {
    return missing("the package onnxruntime-node is not installed", cause)
  }
  const folder = path.join(root, "bin", "napi-v6", process.platform, process.arch)
  const file = existsSync(folder) ? readdirSync(folder).find(isLibrary) : undefined
  if (file === undefined) return missing(`onnxruntime-node has no library for ${process.platform} on ${process.arch}`)
  return Result.succeed({ koffi, library: path.join(folder, file) })
}
