/**
 * `effect-estimator devices`: which engines can run here.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Command } from "effect/cli"
import { availableParallelism } from "node:os"
import { engines } from "./engines.ts"
import { table } from "./table.ts"

/** @category commands @since 0.1.0 */
export const devices = Command.make(
  "devices",
  {},
  Effect.fnUntraced(function* () {
    const rows = yield* Effect.forEach(engines, (engine) =>
      engine.version.pipe(
        Effect.map((version) => [engine.name, "usable", version, engine.description]),
        Effect.catchTag("EngineUnavailable", (error) => Effect.succeed([engine.name, "missing", "-", `${error.detail}. ${error.remedy}`]))
      )
    )
    yield* Console.log(table([["engine", "state", "version", ""], ...rows]))
    yield* Console.log(`\n${availableParallelism()} processor cores; --replicas n runs n replicas on one of these engines`)
  })
).pipe(
  Command.withDescription("Lists the engines, whether each can be used here, and what to do where it cannot."),
  Command.withExamples([{ command: "effect-estimator devices" }])
)
