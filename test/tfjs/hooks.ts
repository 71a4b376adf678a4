/**
 * Lets Node load the ES modules of TensorFlow.js's packages as they are, compiled tests included: modules without a
 * package type, imported without endings.
 *
 * Everything that asks for one of these packages gets those same modules, so that tests, backends and layers share one
 * engine and one set of classes. (The packages' own bundles for Node are ES5, whose classes cannot extend these.)
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { createRequire, registerHooks } from "node:module"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const require = createRequire(import.meta.url)

const distOf = (name: string) => path.join(path.dirname(require.resolve(`${name}/package.json`)), "dist")

const packages = new Map(
  ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu", "@tensorflow/tfjs-layers"].map((name) => [name, distOf(name)] as const)
)

/** Folder of the compiled tests. */
export const dist = packages.get("@tensorflow/tfjs-core")!

const isFile = (file: string) => existsSync(file) && statSync(file).isFile()

const withEnding = (file: string): string | undefined => [file, `${file}.js`, path.join(file, "index.js")].find(isFile)

const inPackage = (file: string) => [...packages.values()].some((folder) => file.startsWith(folder))

const fileOf = (specifier: string, parent: string | undefined): string | undefined => {
  for (const [name, folder] of packages) {
    if (specifier === name) return path.join(folder, "index.js")
    if (specifier.startsWith(`${name}/dist`)) return withEnding(path.join(folder, specifier.slice(`${name}/dist`.length)))
  }
  const importer = parent?.startsWith("file:") ? fileURLToPath(parent) : undefined
  if (importer === undefined || !inPackage(importer) || !specifier.startsWith(".")) return undefined
  return withEnding(path.resolve(path.dirname(importer), specifier))
}

/** For the `require` in modules that are otherwise ES modules. */
const preamble = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`

const sourceOf = (file: string): string => {
  const source = readFileSync(file, "utf8")
    .replace(/\/\/# sourceMappingURL=.*$/m, "")
    // bundlers give the exports of a CommonJS module as names, too; Node gives those it can see only
    .replace(/import \* as (\w+) from '(seedrandom|long)'/g, "import $1 from '$2'")
  return /\brequire\b/.test(source) ? preamble + source : source
}

export const register = (): void => {
  registerHooks({
    resolve: (specifier, context, next) => {
      const file = fileOf(specifier, context.parentURL)
      return file === undefined ? next(specifier, context) : { url: pathToFileURL(file).href, format: "module", shortCircuit: true }
    },
    load: (url, context, next) => {
      const file = url.startsWith("file:") ? fileURLToPath(url) : ""
      return inPackage(file) && context.format !== "commonjs" ? { format: "module", source: sourceOf(file), shortCircuit: true } : next(url, context)
    }
  })
}
