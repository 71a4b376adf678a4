/**
 * How many steps one call of an engine may do, so that whoever wants a run to end waits for a short call only.
 *
 * @since 0.1.0
 */

/** Milliseconds that a call should take at most. @category constants @since 0.1.0 */
export const callTime = 200

/** @category models @since 0.1.0 */
export interface Pace {
  /** Steps that the next call may do; at least 1. */
  readonly limit: () => number
  /** The time at which a call begins. */
  readonly begin: () => number
  /** Learns from the call of `count` steps that began then and ends now. */
  readonly end: (count: number, begin: number) => void
}

/**
 * Begins with one step a call, and at most doubles from call to call: what is not known yet cannot be long. Steps that have
 * become slower count at once. An engine that does one step a call is not timed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (most: number, now: () => number): Pace => {
  let limit = 1
  return {
    limit: () => limit,
    begin: () => (most === 1 ? 0 : now()),
    end: (count, begin) => {
      if (most === 1) return
      // a clock may stand still during a short call
      const step = Math.max((now() - begin) / count, callTime / most)
      limit = Math.max(1, Math.min(2 * limit, Math.floor(callTime / step)))
    }
  }
}
