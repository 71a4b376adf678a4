/**
 * Events of a run in Chrome's trace event format: slices, counters, and the spans of fibers.
 *
 * Source: "Trace Event Format" (Google, docs of Catapult): `X` complete, `B` begun, `C` counter, `M` metadata; `ts` and `dur` in
 * microseconds.
 *
 * @since 0.1.0
 */
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"

/** One entry of `traceEvents`. @category models @since 0.1.0 */
export interface TraceEvent {
  readonly name: string
  readonly ph: "X" | "B" | "C" | "M"
  readonly pid: number
  /** Track: `deviceTrack`, or the fiber's number. */
  readonly tid: number
  readonly cat?: string
  /** Microseconds since the run began. */
  readonly ts?: number
  readonly dur?: number
  readonly args?: { readonly [name: string]: string | number | null }
}

/** A whole file. @category models @since 0.1.0 */
export interface TraceFile {
  readonly displayTimeUnit: "ms"
  readonly traceEvents: ReadonlyArray<TraceEvent>
  /** Events that found no room. */
  readonly otherData: { readonly dropped: number }
}

/** The track of device runs; fibers have their numbers, from 1 on. @category constants @since 0.1.0 */
export const deviceTrack = 0
const pid = 1

/** @category models @since 0.1.0 */
export interface Timeline {
  /** Times count from here on, and what was recorded is forgotten. */
  readonly start: (nanos: bigint) => void
  readonly slice: (tid: number, name: string, cat: string, from: bigint, to: bigint, args?: { readonly [name: string]: string | number }) => void
  readonly counter: (name: string, at: bigint, value: number) => void
  /** All since the last call; spans that go on still are `B` events. */
  readonly take: () => TraceFile
  /** Sets the tracer of a program: its spans come here. */
  readonly layer: Layer.Layer<never>
}

/** JSON has no NaN and no infinities: they are `null`. */
const jsonArgs = (args: { readonly [name: string]: string | number }): NonNullable<TraceEvent["args"]> =>
  Object.fromEntries(Object.entries(args).map(([name, value]) => [name, typeof value === "number" && !Number.isFinite(value) ? null : value]))

/** A span that tells the timeline when it ends, and on which fiber it began. */
class TimelineSpan extends Tracer.NativeSpan {
  readonly fiber: number
  readonly ended: (span: TimelineSpan, endTime: bigint) => void

  constructor(options: ConstructorParameters<typeof Tracer.NativeSpan>[0], ended: (span: TimelineSpan, endTime: bigint) => void) {
    super(options)
    this.fiber = Fiber.getCurrent()?.id ?? deviceTrack
    this.ended = ended
  }

  override end(...args: Parameters<Tracer.NativeSpan["end"]>): void {
    if (this.status._tag === "Started") this.ended(this, args[0])
    super.end(...args)
  }
}

/** @category constructors @since 0.1.0 */
export const make = (capacity: number): Timeline => {
  let events: Array<TraceEvent> = []
  let dropped = 0
  let zero = 0n
  const open = new Set<TimelineSpan>()
  const tracks = new Map<number, string>()
  // a span may have begun before the run
  const micros = (nanos: bigint) => Math.max(0, Number(nanos - zero) / 1000)
  const add = (event: TraceEvent) => {
    if (events.length < capacity) events.push(event)
    else dropped++
  }
  const slice: Timeline["slice"] = (tid, name, cat, from, to, args) =>
    add({ name, ph: "X", pid, tid, cat, ts: micros(from), dur: micros(to) - micros(from), ...(args === undefined ? {} : { args: jsonArgs(args) }) })
  const ended = (span: TimelineSpan, endTime: bigint) => {
    open.delete(span)
    slice(span.fiber, span.name, "fiber", span.startTime, endTime)
  }
  const tracer = Tracer.make({
    span: (options) => {
      const span = new TimelineSpan(options, ended)
      open.add(span)
      // a track is called after the first span of its fiber
      if (!tracks.has(span.fiber)) tracks.set(span.fiber, span.name)
      return span
    }
  })
  const metadata = (name: string, tid: number, value: string): TraceEvent => ({ name, ph: "M", pid, tid, args: { name: value } })
  return {
    start: (nanos) => {
      zero = nanos
      events = []
      dropped = 0
    },
    slice,
    counter: (name, at, value) => add({ name, ph: "C", pid, tid: deviceTrack, ts: micros(at), args: jsonArgs({ [name]: value }) }),
    take: () => {
      const named = [...tracks].map(([tid, name]) => metadata("thread_name", tid, `fiber ${tid}: ${name}`))
      const begun = [...open].map((span): TraceEvent => ({
        name: span.name,
        ph: "B",
        pid,
        tid: span.fiber,
        cat: "fiber",
        ts: micros(span.startTime)
      }))
      const traceEvents = [
        metadata("process_name", deviceTrack, "effect-estimator"),
        metadata("thread_name", deviceTrack, "device"),
        ...named,
        ...begun,
        ...events
      ]
      const file: TraceFile = { displayTimeUnit: "ms", traceEvents, otherData: { dropped } }
      events = []
      dropped = 0
      const going = new Set([...open].map((span) => span.fiber))
      for (const tid of tracks.keys()) if (!going.has(tid)) tracks.delete(tid)
      return file
    },
    layer: Layer.succeed(Tracer.Tracer, tracer)
  }
}
