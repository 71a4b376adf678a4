/**
 * Imports a program file and checks what it exports.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { ConfigError } from "../../domain/Errors.ts"
import { isProgramModule, type ProgramModule, type ProgramParts } from "../ProgramModule.ts"

const bad = (detail: string) => new ConfigError({ key: "--program", detail })

/** The program of the file that is the command line itself; none by default. @category services @since 0.1.0 */
export const OwnProgram = Context.Reference<ProgramModule | undefined>("effect-estimator/programs/cli/OwnProgram", { defaultValue: () => undefined })

/** What a module that throws while it is imported says, and what to do where that is known. */
const thrown = (cause: unknown): string => {
  const text = (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\.$/, "")
  return text.includes("No backend found in registry") ? `${text}. Make tensors, variables and optimizers inside modelFn or cacheFn` : text
}

const importProgram = Effect.fnUntraced(function* (file: string): Effect.fn.Return<ProgramModule, ConfigError> {
  const path = resolve(file)
  if (!existsSync(path)) return yield* bad(`there is no file ${path}.`)
  const module = yield* Effect.tryPromise({
    try: () => import(pathToFileURL(path).href) as Promise<{ readonly default?: unknown }>,
    catch: (cause) => bad(`${file} cannot be imported: ${thrown(cause)}.`)
  })
  const program = module.default
  return isProgramModule(program) ? program : yield* bad(`${file} has no \`export default defineProgram({ params, make })\`.`)
})

/** Fails with `ConfigError` when there is none, the file is missing, throws while it is imported, or exports something else. @category programs @since 0.1.0 */
export const loadProgram = Effect.fnUntraced(function* (
  file: Option.Option<string>,
  params: { readonly [name: string]: string }
): Effect.fn.Return<ProgramParts<unknown>, ConfigError> {
  const own = yield* OwnProgram
  const program = Option.isSome(file) ? yield* importProgram(file.value) : own
  if (program === undefined) return yield* bad("which program? Give the file that exports it: --program main.ts.")
  const made = yield* Effect.try({
    try: () => program.makeWith(params),
    catch: (cause) => bad(`make of the program threw: ${thrown(cause)}.`)
  })
  return yield* Effect.fromResult(made)
})
