import { assert, describe, it } from "@effect/vitest"
import "@tensorflow/tfjs-backend-cpu"
import * as tf from "@tensorflow/tfjs-core"
import { registerGradients } from "../../../../src/layers/tracing/gradients.ts"
import { arithmetic } from "./arithmetic.ts"
import { complexes } from "./complex.ts"
import { check, type GradientCase } from "./differences.ts"
import { movement } from "./movement.ts"
import { windows } from "./windows.ts"

registerGradients()

const tables: Readonly<Record<string, ReadonlyArray<GradientCase>>> = { arithmetic, movement, windows, complexes }

describe("gradients are what central differences say", () => {
  for (const [group, cases] of Object.entries(tables)) {
    describe(group, () => {
      for (const entry of cases) it(entry[0], () => check(entry))
    })
  }
})

it("draws are flat", async () => {
  await tf.setBackend("cpu")
  const gradient = tf.grad((x) => tf.sum(tf.mul(x, tf.cast(tf.multinomial(x as tf.Tensor2D, 3, 5), "float32"))))(tf.tensor([[1, 2, 3]]))
  assert.deepStrictEqual(gradient.arraySync(), tf.cast(tf.multinomial(tf.tensor2d([[1, 2, 3]]), 3, 5), "float32").arraySync())
})
