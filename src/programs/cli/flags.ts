/**
 * Flags shared by the commands that run a program, and how they change its configuration: defaults, then the program's own,
 * then `--config`, then flags.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Flag } from "effect/cli"
import type { ConfigError } from "../../domain/Errors.ts"
import { decode, type RunConfigInput } from "../../domain/RunConfig.ts"
import { engineNames } from "./engines.ts"

const Positive = Schema.Int.pipe(Schema.check(Schema.isGreaterThan(0)))

/** An optional count of at least 1. @category flags @since 0.1.0 */
export const count = (name: string, description: string) =>
  Flag.Int(name).pipe(Flag.withSchema(Positive), Flag.withMetavar("n"), Flag.withDescription(description), Flag.optional)

/** @category flags @since 0.1.0 */
export const runFlags = {
  program: Flag.String("program").pipe(
    Flag.withAlias("p"),
    Flag.withMetavar("file.ts"),
    Flag.withDescription("Module whose default export is defineProgram({ params, make })"),
    Flag.optional
  ),
  engine: Flag.Literals("engine", engineNames).pipe(
    Flag.withDefault(engineNames[0]!),
    Flag.withDescription("What runs the compiled step; `effect-estimator devices` lists them")
  ),
  replicas: Flag.Int("replicas").pipe(
    Flag.withSchema(Positive),
    Flag.withMetavar("n"),
    Flag.withDefault(1),
    Flag.withDescription("Replicas in lock step; each batch is split evenly over them")
  ),
  modelDir: Flag.String("model-dir").pipe(
    Flag.withMetavar("dir"),
    Flag.withDescription("Checkpoints and events.jsonl; a run goes on from the newest checkpoint there"),
    Flag.optional
  ),
  seed: Flag.Int("seed").pipe(Flag.withDescription("Of initial values and of every draw in the step"), Flag.optional),
  iterationsPerLoop: count("iterations-per-loop", "Steps of one device run; hooks, logs and checkpoints happen between runs"),
  config: Flag.FileParse("config").pipe(
    Flag.withMetavar("file"),
    Flag.withDescription("Run configuration as JSON, YAML or TOML; flags go before it"),
    Flag.optional
  ),
  param: Flag.KeyValuePair("param").pipe(
    Flag.withDescription("Changes a parameter of the program; may be repeated: --param layers=6"),
    Flag.withDefault({} as Record<string, string>)
  ),
  log: Flag.Literals("log", ["console", "jsonl"]).pipe(
    Flag.withDefault("console" as const),
    Flag.withDescription("What is written while running: lines to read, or one JSON object an event")
  )
}

/** Keys of the run configuration set by flags; those not given are `None`. @category models @since 0.1.0 */
export type Overrides = { readonly [K in keyof RunConfigInput]?: Option.Option<NonNullable<RunConfigInput[K]>> | undefined }

/** The program's own configuration, changed by the file and then by flags; checked. @category rules @since 0.1.0 */
export const configure = Effect.fnUntraced(function* (
  own: RunConfigInput,
  file: Option.Option<unknown>,
  flags: Overrides
): Effect.fn.Return<RunConfigInput, ConfigError> {
  const merged: { [key: string]: unknown } = { ...own }
  // checked alone first, so that an error is about the file's keys
  if (Option.isSome(file)) Object.assign(merged, yield* Effect.fromResult(Result.map(decode(file.value), () => file.value as RunConfigInput)))
  for (const [key, value] of Object.entries<Option.Option<unknown> | undefined>(flags))
    if (value !== undefined && Option.isSome(value)) merged[key] = value.value
  yield* Effect.fromResult(decode(merged))
  return merged
})
