import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import type { ModelFn } from "../../../../src/domain/Model.ts"
import * as Schedules from "../../../../src/layers/tracing/schedules/Schedules.ts"
import { golden } from "../optimizers/problem.ts"
import { initialState, step } from "../programs.ts"
import { batch, close, programOf } from "../requests.ts"

const f = Math.fround
const all: { readonly [name: string]: Schedules.Schedule } = {
  constant: Schedules.constant(0.3),
  oneCycle: Schedules.oneCycle({ peak: 0.5, steps: 60 }),
  cosineRestarts: Schedules.cosineRestarts({ initial: 0.5, steps: 10, alpha: 0.1 }),
  "cosineRestarts, equal": Schedules.cosineRestarts({ initial: 0.5, steps: 10, lengthFactor: 1 }),
  "cosineRestarts, lower and uneven": Schedules.cosineRestarts({ initial: 0.5, steps: 7, lengthFactor: 1.5, heightFactor: 0.5 }),
  "cosineRestarts, lower, to a part": Schedules.cosineRestarts({ initial: 0.5, steps: 10, heightFactor: 0.5, alpha: 0.1 }),
  "cosineRestarts, equal, lower, to a part": Schedules.cosineRestarts({ initial: 0.5, steps: 10, lengthFactor: 1, heightFactor: 0.5, alpha: 0.1 }),
  cosine: Schedules.cosine({ initial: 0.5, steps: 40, alpha: 0.1 }),
  polynomial: Schedules.polynomial({ initial: 0.5, end: 0.1, steps: 40, power: 2 }),
  exponential: Schedules.exponential({ initial: 0.5, rate: 0.7, steps: 10 }),
  "exponential, staircase": Schedules.exponential({ initial: 0.5, rate: 0.7, steps: 10, staircase: true }),
  "warmup and cosine": Schedules.warmup(10, Schedules.cosine({ initial: 0.5, steps: 40 })),
  inverseSqrt: Schedules.inverseSqrt({ initial: 0.5, steps: 16 }),
  noam: Schedules.noam({ width: 512, warmupSteps: 20 }),
  piecewiseConstant: Schedules.piecewiseConstant([10, 20], [3, 2, 1]),
  "scaled sequence": Schedules.scale(
    Schedules.sequence([{ steps: 5, schedule: Schedules.constant(1) }], Schedules.polynomial({ initial: 2, steps: 10 })),
    0.5
  ),
  "of one's own": Schedules.make((on, s) => on.div(on.number(1), on.add(on.number(1), on.real(s))))
}

describe("schedules", () => {
  for (const [name, values] of Object.entries(golden.schedules)) {
    it(`${name}: as PyTorch or optax`, () =>
      close(
        values.map((_, s) => all[name]!.at(s)),
        values,
        name,
        1e-7
      ))
  }

  it("are the same in the graph and as numbers", () => {
    const at: ReadonlyArray<number> = [0, 1, 6, 7, 9, 10, 11, 17, 18, 20, 21, 39, 40, 59, 60, 1000]
    const names = Object.keys(all)
    const modelFn: ModelFn = ({ globalStep, variables }) => {
      const rates = names.map((name) => all[name]!.tensor(globalStep))
      return { loss: tf.mean(variables.get("w", [1])), hostCall: { tensors: { rates: tf.stack(rates) }, call: () => undefined } }
    }
    const program = programOf(modelFn, { mode: "evaluate" })
    for (const s of at) {
      const state = initialState(program).set("global_step", Int32Array.of(s))
      const rates = step(program, [state], [batch(0)]).outfeed("host_call/rates")
      names.forEach((name, i) => assert.closeTo(rates[i]!, all[name]!.at(s), 1e-7, `${name} at ${s}`))
    }
  })

  it("are exact at their boundaries, in the graph too", async () => {
    await tf.setBackend("cpu")
    const exact: ReadonlyArray<readonly [Schedules.Schedule, number, number]> = [
      [all["cosine"]!, 0, f(0.5)],
      [all["cosine"]!, 40, f(0.05)],
      [all["cosine"]!, 1e6, f(0.05)],
      [all["polynomial"]!, 0, f(0.5)],
      [all["polynomial"]!, 40, f(0.1)],
      [all["warmup and cosine"]!, 0, 0],
      [all["warmup and cosine"]!, 10, f(0.5)],
      [all["warmup and cosine"]!, 50, 0],
      [all["cosineRestarts"]!, 10, f(0.5)],
      [all["cosineRestarts"]!, 30, f(0.5)],
      [all["cosineRestarts, equal"]!, 50, f(0.5)],
      [all["exponential, staircase"]!, 9, f(0.5)],
      [all["exponential, staircase"]!, 10, f(f(0.5) * f(0.7))],
      [all["piecewiseConstant"]!, 10, 3],
      [all["piecewiseConstant"]!, 11, 2],
      [all["piecewiseConstant"]!, 20, 2],
      [all["piecewiseConstant"]!, 21, 1],
      [all["inverseSqrt"]!, 16, f(0.5)],
      [all["inverseSqrt"]!, 64, f(0.25)],
      [all["scaled sequence"]!, 4, 0.5],
      [all["scaled sequence"]!, 5, 1],
      [all["scaled sequence"]!, 15, 0],
      // neighbours that float32 does not tell apart
      [Schedules.piecewiseConstant([2 ** 24], [1, 2]), 2 ** 24, 1],
      [Schedules.piecewiseConstant([2 ** 24], [1, 2]), 2 ** 24 + 1, 2],
      [Schedules.sequence([{ steps: 2 ** 24 + 1, schedule: all["constant"]! }], Schedules.constant(7)), 2 ** 24, f(0.3)],
      [Schedules.sequence([{ steps: 2 ** 24 + 1, schedule: all["constant"]! }], Schedules.constant(7)), 2 ** 24 + 1, 7]
    ]
    exact.forEach(([schedule, s, value], i) => {
      assert.strictEqual(schedule.at(s), value, `${i} at ${s}`)
      assert.strictEqual(schedule.tensor(tf.scalar(s, "int32")).dataSync()[0], value, `${i} in the graph at ${s}`)
    })
  })

  it("have the values of their formulas where no peer has them", () => {
    const noam = (n: number) => 512 ** -0.5 * Math.min(n ** -0.5, n * 20 ** -1.5)
    for (const s of [0, 5, 19, 20, 59]) assert.closeTo(all["noam"]!.at(s), noam(s + 1), 1e-8)
    // periods 7, 10.5, 15.75: starts 0, 7, 17.5
    const within = (s: number, start: number, length: number, height: number) => (height * (1 + Math.cos((Math.PI * (s - start)) / length))) / 2
    const uneven = all["cosineRestarts, lower and uneven"]!
    for (const [s, value] of [
      [6, within(6, 0, 7, 0.5)],
      [7, 0.25],
      [17, within(17, 7, 10.5, 0.25)],
      [18, within(18, 17.5, 15.75, 0.125)]
    ] as const)
      assert.closeTo(uneven.at(s), value, 1e-7, `at ${s}`)
  })

  it("refuse what cannot be", () => {
    const fails = (f: () => unknown, text: string) => assert.throws(f, text)
    fails(() => Schedules.cosine({ initial: 1, steps: 0 }), "Schedules.cosine takes steps as a positive whole number of steps, and got 0")
    fails(() => Schedules.piecewiseConstant([5, 5], [1, 2, 3]), "ascending")
    fails(() => Schedules.piecewiseConstant([5], [1]), "2 values for 1 boundaries")
    fails(() => Schedules.constant(Number.NaN), "finite")
    fails(() => Schedules.oneCycle({ peak: 1, steps: 3 }), "rise")
    fails(() => Schedules.constant(1).tensor(tf.zeros([2])), "shape [2]")
  })
})
