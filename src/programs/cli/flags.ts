/**
 * Flags shared by the commands that run a program, and how they change its configuration: defaults, then the program's own,
 * then `--config`, then `EFFECT_ESTIMATOR_…` of the environment, then flags.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Flag } from "effect/cli"
import type { ConfigError } from "../../domain/Errors.ts"
import { fromEntries, paths } from "../../domain/configText.ts"
import { check, decode, merge, type RunConfigInput } from "../../domain/RunConfig.ts"
import { IterationsPerLoop } from "../../domain/TpuConfig.ts"
import { environmentConfig } from "../environmentConfig.ts"
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
  iterationsPerLoop: Flag.String("iterations-per-loop").pipe(
    Flag.map((text) => (/^[0-9]+$/.test(text) ? Number(text) : text)),
    Flag.withSchema(IterationsPerLoop),
    Flag.withMetavar("n|time"),
    Flag.withDescription("Steps of one device run, or the time for one such as 60s; hooks, logs and checkpoints happen between runs"),
    Flag.optional
  ),
  set: Flag.KeyValuePair("set").pipe(
    Flag.withDescription("Any key of the run configuration; may be repeated: --set tpu.numShards=8"),
    Flag.withDefault({} as Record<string, string>)
  ),
  config: Flag.String("config").pipe(
    Flag.withMetavar("file"),
    Flag.withDescription("Run configuration as JSON, YAML or TOML; EFFECT_ESTIMATOR_… of the environment and flags override it"),
    Flag.optional
  ),
  param: Flag.KeyValuePair("param").pipe(
    Flag.withDescription("Changes a parameter of the program; may be repeated: --param layers=6"),
    Flag.withDefault({} as Record<string, string>)
  ),
  tensorboard: Flag.Boolean("tensorboard").pipe(
    Flag.withDescription("Event files for TensorBoard in the model directory; look with: tensorboard --logdir <dir>"),
    Flag.withDefault(false)
  ),
  log: Flag.Literals("log", ["console", "jsonl"]).pipe(
    Flag.withDefault("console" as const),
    Flag.withDescription("What is written while running: lines to read, or one JSON object an event")
  )
}

/** Keys of the run configuration set by flags; those not given are `None`. @category models @since 0.1.0 */
export type Overrides = { readonly [K in keyof RunConfigInput]?: Option.Option<NonNullable<RunConfigInput[K]>> | undefined }

/** The program's own configuration, changed by the file, then by the environment, then by flags; checked. @category rules @since 0.1.0 */
export const configure = Effect.fnUntraced(function* (
  own: RunConfigInput,
  file: Option.Option<unknown>,
  flags: Overrides,
  set: { readonly [path: string]: string } = {}
): Effect.fn.Return<RunConfigInput, ConfigError> {
  // each source is checked alone first, so that an error is about its own keys
  const fromFile = Option.isSome(file) ? yield* Effect.fromResult(check(file.value)) : {}
  const fromSet = yield* Effect.fromResult(fromEntries(Object.entries(set).map(entryOf), paths))
  const given = Object.entries<Option.Option<unknown> | undefined>(flags).flatMap(([key, value]) =>
    value !== undefined && Option.isSome(value) ? [[key, value.value] as const] : []
  )
  const fromFlags = Object.fromEntries(given) as RunConfigInput // the flags' own schemas have seen to the types
  const merged = [fromFile, yield* environmentConfig, fromSet, fromFlags].reduce(merge, own)
  yield* Effect.fromResult(decode(merged))
  return merged
})

const entryOf = ([name, text]: readonly [string, string]) => ({ name, path: paths.find((path) => path === name), text })
