/**
 * Installs tfjs-node for the bench, with the binding that `devices install tensorflow` has built: its own download is left out.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { locate } from "../../src/layers/device/tensorflow/install/locate.ts"
import { libraries } from "../../src/layers/device/tensorflow/install/pins.ts"
import { peersDirectory } from "../harness/paths.ts"

/** A folder from which `@tensorflow/tfjs-node` can be required. @category programs @since 0.1.0 */
export const prepareTfjsNode = Effect.gen(function* () {
  const folder = join(peersDirectory, "tfjs-node")
  const root = join(folder, "node_modules", "@tensorflow", "tfjs-node")
  const addon = join(root, "lib", "napi-v8", "tfjs_binding.node")
  if (existsSync(addon)) return folder
  const located = yield* Effect.fromResult(locate())
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), '{ "private": true }')
  const npm = spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "@tensorflow/tfjs-node@4.22.0"], {
    cwd: folder,
    stdio: ["ignore", 2, 2]
  })
  if (npm.status !== 0) return yield* Effect.die(new Error("npm could not install @tensorflow/tfjs-node"))
  mkdirSync(dirname(addon), { recursive: true })
  copyFileSync(located.addon, addon)
  // the addon looks for the libraries beside itself
  for (const name of libraries) symlinkSync(join(dirname(located.addon), name), join(dirname(addon), name))
  return folder
})
