/**
 * Tables and the dated record of results.
 *
 * @since 0.1.0
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { cpus, totalmem } from "node:os"
import { installed } from "../peers/setup.ts"
import { resultsFile } from "./paths.ts"

/** A markdown table with its columns padded. @category rules @since 0.1.0 */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: ReadonlyArray<string>) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`
  return [line(rows[0]!), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.slice(1).map(line)].join("\n")
}

const require = createRequire(import.meta.url)

const packageVersion = (name: string): string => {
  try {
    // found by its folder: some packages do not export their package.json
    const folder = require.resolve
      .paths(name)!
      .map((path) => `${path}/${name}/package.json`)
      .find(existsSync)
    return `${name} ${(JSON.parse(readFileSync(folder!, "utf8")) as { version: string }).version}` // every package.json has one
  } catch {
    return `${name} missing`
  }
}

/** One line: processor, cores, memory, versions. @category rules @since 0.1.0 */
export const machine = (): string => {
  const all = cpus()
  const parts = [
    `${all[0]?.model.trim() ?? process.arch} x ${all.length}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${process.platform} ${process.arch}`,
    `node ${process.versions.node}`,
    packageVersion("onnxruntime-node"),
    packageVersion("effect"),
    packageVersion("@tensorflow/tfjs-core"),
    installed("vt") ?? "torch and jax missing"
  ]
  return parts.join(", ")
}

const heading = `# Results
Appended by the programs of \`bench\`, newest last. Compare times only within one section: each was measured on the machine it names.
`

/** Appends a dated section. @category programs @since 0.1.0 */
export const record = (title: string, body: string): void => {
  if (!existsSync(resultsFile)) writeFileSync(resultsFile, heading)
  const date = new Date().toISOString().slice(0, 16).replace("T", " ")
  appendFileSync(resultsFile, `\n## ${date} UTC: ${title}\n${machine()}\n\n${body}\n`)
}
