/**
 * What hooks have to do with checkpoints: `beforeSave` and `afterSave` (`CheckpointSaverListener`), and texts of their own.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { ConfigError } from "../../domain/Errors.ts"
import type { Hook, RunContext } from "../../services/Hooks.ts"
import { callAll } from "./callAll.ts"
import { effectOf, signalOf } from "./checkHooks.ts"

/** @category models @since 0.1.0 */
export interface SavePoints<E, R> {
  readonly before: (step: number) => Effect.Effect<void, E, R>
  /** Each saving hook's text under its name. */
  readonly texts: Effect.Effect<ReadonlyArray<readonly [name: string, text: string]>, E, R>
  /** Called once the file is there; without hooks that listen there is none, and nobody waits for the file. */
  readonly after: ((step: number) => Effect.Effect<void, E, R>) | undefined
  /** Whether a listener has asked for the end since the last call. */
  readonly takeStop: () => boolean
}

/** A hook's text in a checkpoint. @category constants @since 0.1.0 */
export const textName = (hook: { readonly name: string }): string => `hooks/${hook.name}`

/** A hook that waits for checkpoints in a run that saves none is a mistake. @category rules @since 0.1.0 */
export const check = <E, R>(hooks: ReadonlyArray<Hook<E, R>>, modelDir: string | undefined): Effect.Effect<void, ConfigError> => {
  const saving = hooks.filter((hook) => hook.save !== undefined)
  const twice = saving.find((hook, i) => saving.findIndex(({ name }) => name === hook.name) !== i)
  if (twice !== undefined) {
    const detail = `two hooks named "${twice.name}" keep something in the checkpoint; give each a name of its own.`
    return Effect.fail(new ConfigError({ key: "hooks", detail }))
  }
  if (modelDir !== undefined) return Effect.void
  const listener = hooks.find((hook) => hook.beforeSave !== undefined || hook.afterSave !== undefined)
  if (listener === undefined) return Effect.void
  const detail = `hook "${listener.name}" listens to checkpoints, but none are saved without a model directory.`
  return Effect.fail(new ConfigError({ key: "modelDir", detail }))
}

/** @category constructors @since 0.1.0 */
export const make = <E, R>(hooks: ReadonlyArray<Hook<E, R>>, contextAt: (step: number) => RunContext): SavePoints<E | ConfigError, R> => {
  let asked = false
  const after = Effect.fnUntraced(function* (step: number) {
    for (const hook of hooks) {
      if (hook.afterSave === undefined) continue
      const signal = yield* effectOf(hook, "afterSave", hook.afterSave(contextAt(step)))
      if ((yield* signalOf(hook, "afterSave", ["continue", "stop"], signal)) === "stop") asked = true
    }
  })
  const saving = hooks.flatMap((hook) => (hook.save === undefined ? [] : [Effect.map(hook.save, (text) => [textName(hook), text] as const)]))
  return {
    before: (step) => callAll(hooks, "beforeSave", contextAt(step)),
    texts: Effect.all(saving),
    after: hooks.some((hook) => hook.afterSave !== undefined) ? after : undefined,
    takeStop: () => {
      const was = asked
      asked = false
      return was
    }
  }
}

/** Gives each hook its text of the checkpoint. @category rules @since 0.1.0 */
export const restore = <E, R>(
  hooks: ReadonlyArray<Hook<E, R>>,
  texts: ReadonlyMap<string, string> | undefined
): Effect.Effect<void, E | ConfigError, R> =>
  Effect.forEach(
    hooks,
    (hook) => {
      const text = texts?.get(textName(hook))
      return text === undefined || hook.restore === undefined ? Effect.void : effectOf(hook, "restore", hook.restore(text))
    },
    { discard: true }
  )
