import { assert, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import { type Held, sweep } from "../../src/domain/retention.ts"

const Choice = Schema.Struct({ minutes: Schema.Natural, best: Schema.Boolean })
const Saves = Arbitrary.array(Arbitrary.schema(Choice), { maxLength: 40 })

it.prop(
  "the newest and the protected stay, and of every so many hours one is neither kept nor dropped",
  [Saves, Schema.Natural],
  ([saves, size]) => {
    const keep = (size % 4) + 1
    let held: ReadonlyArray<Held<number>> = []
    let preserved: number | undefined
    let now = 0
    const forGood: Array<number> = []
    for (const [step, { best, minutes }] of saves.entries()) {
      now += (minutes % 50) * 60_000
      const steps = best ? held.slice(0, 1).map((one) => one.step) : []
      const verdict = sweep(held, keep, { everyHours: 1, steps }, now, preserved)
      const newest = held.slice(Math.max(0, held.length - keep + 1)).map((one) => one.step)
      const kept = verdict.kept.map((one) => one.step)
      for (const one of [...newest, ...steps]) assert.include(kept, one)
      const dropped = verdict.dropped.map((one) => one.step)
      forGood.push(...held.flatMap((one) => (kept.includes(one.step) || dropped.includes(one.step) ? [] : [one.millis!])))
      preserved = verdict.preservedMillis
      held = [...verdict.kept, { ref: step, step, millis: now }]
    }
    for (const [i, at] of forGood.entries()) if (i > 0) assert.isAtLeast(at - forGood[i - 1]!, 3_600_000)
  },
  { arbitrary: { runs: 100 } }
)
