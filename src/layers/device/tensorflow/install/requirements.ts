/**
 * The programs that an installation needs, tried before anything is fetched.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { EngineUnavailable } from "../../../../domain/Errors.ts"
import { run } from "../../hosted/install/command.ts"
import { checkPip } from "../../hosted/install/tools.ts"
import { engine } from "../Host.ts"

/** @category models @since 0.1.0 */
export interface Programs {
  readonly compiler: string
  readonly python: string
}

/** Those that `CXX` and `PYTHON` name, or the usual ones. @category rules @since 0.1.0 */
export const programsOf = (env: { readonly [name: string]: string | undefined }): Programs => ({
  compiler: env["CXX"] ?? "g++",
  python: env["PYTHON"] ?? "python3"
})

const noCompiler = "Install a C++ compiler (Debian: `apt-get install g++`), or name one in CXX."

/** The compiler, and pip where it is to fetch the wheel. @category running @since 0.1.0 */
export const check = ({ compiler, python }: Programs, fetches: boolean): Effect.Effect<void, EngineUnavailable> =>
  Effect.andThen(
    run(compiler, ["--version"], { engine, absent: noCompiler, remedy: "Name another C++ compiler in CXX." }),
    fetches ? checkPip(engine, python) : Effect.void
  )
