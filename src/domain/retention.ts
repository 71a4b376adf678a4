/**
 * Which checkpoints stay when a new one has been saved: the newest, those that are protected, and one of every so many hours.
 *
 * @since 0.1.0
 */

/** What is kept besides the newest. @category models @since 0.1.0 */
export interface Retain {
  /** One of about so many hours leaves the newest without being deleted, and stays for good (`keep_checkpoint_every_n_hours`). */
  readonly everyHours?: number | undefined
  /** Global steps whose checkpoints are not deleted now, such as the best. */
  readonly steps?: ReadonlyArray<number> | undefined
}

/** A checkpoint that may be deleted one day. @category models @since 0.1.0 */
export interface Held<A> {
  readonly ref: A
  readonly step: number
  /** When it was saved, in ms; `undefined` where that was not noted. */
  readonly millis: number | undefined
}

/** @category models @since 0.1.0 */
export interface Verdict<A> {
  /** In order of saving. */
  readonly kept: ReadonlyArray<Held<A>>
  readonly dropped: ReadonlyArray<Held<A>>
  /** When the last one that stays for good was saved; before the first, when counting began. */
  readonly preservedMillis: number | undefined
}

/**
 * Of `held` (in order of saving, without the new one) the newest `keep - 1` and the protected stay; `keep` 0 keeps all.
 * Of the others, one that was saved `everyHours` or more after the last that was preserved is preserved: it is neither kept
 * in the list nor dropped. After `tf.train.CheckpointManager`.
 *
 * @category rules
 * @since 0.1.0
 */
export const sweep = <A>(
  held: ReadonlyArray<Held<A>>,
  keep: number,
  retain: Retain,
  now: number,
  preservedMillis: number | undefined
): Verdict<A> => {
  const { everyHours } = retain
  let preserved = everyHours === undefined ? preservedMillis : (preservedMillis ?? now)
  if (keep <= 0) return { kept: held, dropped: [], preservedMillis: preserved }
  const protectedSteps = new Set(retain.steps)
  const firstNewest = held.length - (keep - 1)
  const kept: Array<Held<A>> = []
  const dropped: Array<Held<A>> = []
  for (const [i, one] of held.entries()) {
    if (i >= firstNewest || protectedSteps.has(one.step)) kept.push(one)
    else if (everyHours !== undefined && one.millis !== undefined && one.millis - everyHours * 3_600_000 >= preserved!) preserved = one.millis
    else dropped.push(one)
  }
  return { kept, dropped, preservedMillis: preserved }
}
