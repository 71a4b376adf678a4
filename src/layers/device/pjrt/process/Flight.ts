/**
 * An execution under way, of one step or several.
 *
 * @since 0.1.0
 */
import type { Buffer, Client, Memory } from "../client/Client.ts"

/** What is to be waited for, then read, then released. @category models @since 0.1.0 */
export interface Flight {
  /** Steps. */
  readonly count: number
  /** The first of them in its call. */
  readonly first: number
  readonly events: Array<bigint>
  readonly held: Array<Buffer>
  /** Told when the plugin needs a batch's memory no more: of memory used in place, once its buffer is released. */
  readonly uploads: Array<bigint>
  readonly after: Array<() => void>
}

/** @category constructors @since 0.1.0 */
export const make = (count: number, first: number): Flight => ({ count, first, events: [], held: [], uploads: [], after: [] })

/** Copies a result, at once after the execution where that can be, else as soon as the plugin gets to it. @category running @since 0.1.0 */
export const copy = (client: Client, flight: Flight, buffer: Buffer, memory: Memory): void => {
  if (client.isHost) flight.after.push(() => client.copyOut(buffer, memory))
  else flight.events.push(client.download(buffer, memory))
}

const land = (client: Client, flight: Flight) => {
  try {
    client.awaitAll(flight.events)
    for (const take of flight.after) take()
  } finally {
    for (const buffer of flight.held) client.release(buffer)
    client.awaitAll(flight.uploads)
  }
}

/** How many steps there were before the first that failed, and how that did. @category models @since 0.1.0 */
export interface Landed {
  readonly steps: number
  readonly failure: { readonly error: unknown } | undefined
}

/** Waits for all, also after a failure. @category running @since 0.1.0 */
export const landAll = (client: Client, flights: ReadonlyArray<Flight>): Landed => {
  let failure: Landed["failure"]
  let steps = 0
  for (const flight of flights) {
    try {
      land(client, flight)
      if (failure === undefined) steps += flight.count
    } catch (error) {
      failure ??= { error }
    }
  }
  return { steps, failure }
}
