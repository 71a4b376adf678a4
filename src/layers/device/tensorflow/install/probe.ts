/**
 * Whether an addon loads: tried in a process of its own, which a broken library may end.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { EngineUnavailable } from "../../../../domain/Errors.ts"
import { run } from "../../hosted/install/command.ts"
import { engine } from "../Host.ts"

const script = (addon: string) =>
  `try { process.stdout.write(require(${JSON.stringify(addon)}).TF_Version) } catch (error) { console.error(error.message); process.exit(1) }`

/** The version of its TensorFlow; `EngineUnavailable` with the loader's words where it does not load. @category running @since 0.1.0 */
export const probe = (addon: string, remedy: string): Effect.Effect<string, EngineUnavailable> =>
  run(process.execPath, ["-e", script(addon)], { engine, env: { TF_CPP_MIN_LOG_LEVEL: "2" }, remedy })
