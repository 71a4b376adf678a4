import { describe, it } from "@effect/vitest"
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
