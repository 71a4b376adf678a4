import { assert, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Arbitrary from "effect/Arbitrary"
import * as control from "../../src/domain/iterationControl.ts"

const Millis = Arbitrary.schema(Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1, maximum: 5000 }))))
const Target = Arbitrary.schema(Schema.Int.pipe(Schema.check(Schema.isBetween({ minimum: 1000, maximum: 3_600_000 }))))

const runs = (from: control.Control, millisOf: (i: number) => number, count: number) => {
  let state = from
  for (let i = 0; i < count; i++) state = control.update(state, { steps: state.count, millis: state.count * millisOf(i) })
  return state
}

it.prop("with an even step time the second run takes the target time, to the nearest step, and stays so", [Target, Millis], ([target, millis]) => {
  assert.strictEqual(control.start(target).count, 1)
  for (const after of [1, 2, 30]) {
    const { count } = runs(control.start(target), () => millis, after)
    assert.strictEqual(count, Math.max(1, Math.round(target / millis)))
  }
})

it.prop("follows a change of the step time to within a tenth, and forgets what was", [Target, Millis, Millis], ([target, before, after]) => {
  const { count } = runs(
    runs(control.start(target), () => before, 30),
    () => after,
    control.windowSize + 1
  )
  const wanted = Math.max(1, target / after)
  assert.isAtMost(Math.abs(count - wanted), Math.max(1, 0.1 * wanted))
})

it.prop("noise within a few percent moves nothing", [Target, Millis], ([target, millis]) => {
  const settled = runs(control.start(target), () => millis, 2)
  const noisy = runs(settled, (i) => millis * (i % 2 === 0 ? 1.02 : 0.98), 40)
  // where a step more or less is within those few percent
  if (settled.count > 20) assert.strictEqual(noisy.count, settled.count)
})

it("is never less than 1, and learns nothing from a run without steps or time", () => {
  const state = control.start(1000)
  assert.strictEqual(control.update(state, { steps: 1, millis: 60_000 }).count, 1)
  assert.strictEqual(control.update(state, { steps: 0, millis: 10 }), state)
  assert.strictEqual(control.update(state, { steps: 3, millis: 0 }), state)
})
