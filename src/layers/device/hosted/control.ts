/**
 * The words of shared memory over which the host thread and the worker talk, without a message per step.
 *
 * The host changes `command`, `stop`, `fed` and `taken` and then rings `bell`, on which the worker sleeps. The worker
 * changes the others; it posts a message only when the host has asked for one in `waiters`.
 *
 * @since 0.1.0
 */

/** Indices into the control words (int32). Counters wrap; only their differences count. @category constants @since 0.1.0 */
export const Word = {
  bell: 0,
  command: 1,
  /** Operands of the command: iterations, or the words of the random key. */
  argument0: 2,
  argument1: 3,
  stop: 4,
  /** Steps done of the run under way. */
  done: 5,
  fed: 6,
  consumed: 7,
  produced: 8,
  taken: 9,
  waiters: 10,
  /** Which of its two places the state is in, for leaves that have two. */
  parity: 11,
  /** Not 0 once a command has failed; the message with the reason follows. */
  failed: 12,
  /** 1 once no more batches will be fed. */
  ended: 13,
  /** 1 while the worker is about to sleep, where it does not sleep on the bell itself. */
  asleep: 14,
  length: 16
} as const

/**
 * `fetch` and `store` copy the state from and to an engine that keeps it in memory of its own (`HostedPlan.dirty`).
 *
 * @category constants
 * @since 0.1.0
 */
export const Command = { none: 0, run: 1, initialise: 2, close: 3, reopen: 4, fetch: 5, store: 6 } as const

/** Bits of `waiters`, and of the messages that answer them. @category constants @since 0.1.0 */
export const Wake = { consumed: 1, idle: 2, produced: 4, ready: 8 } as const

/** Losses of at most this many steps are kept for one command. @category constants @since 0.1.0 */
export const maxIterations = 4096

/** Tells the worker that something changed. @category operations @since 0.1.0 */
export const ring = (control: Int32Array): void => {
  Atomics.add(control, Word.bell, 1)
  Atomics.notify(control, Word.bell)
}

/** What the worker posts besides wake bits. @category models @since 0.1.0 */
export type WorkerMessage =
  | { readonly _tag: "Ready" }
  /** The native library could not be loaded. */
  | { readonly _tag: "Unavailable"; readonly detail: string; readonly remedy?: string }
  /** The engine refused the model. */
  | { readonly _tag: "Refused"; readonly detail: string }
  /** A step failed; the state is not to be trusted. */
  | { readonly _tag: "Failed"; readonly detail: string }
