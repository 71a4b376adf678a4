/** What the tests of whole programs share: labels as a batch, and a device with another executable. */
import { Effect, Layer } from "effect"
import { make as tensor } from "../../src/domain/Tensor.ts"
import { Device } from "../../src/index.ts"
import type { Executable } from "../../src/services/Device.ts"

/** A batch of rows that are their own labels. */
export const labels = (values: ReadonlyArray<number>) => ({
  features: tensor(Float32Array.from(values), [values.length]),
  labels: tensor(Float32Array.from(values), [values.length])
})

/** The device of the test layer with another executable. */
export const wrapped = (wrap: (executable: Executable) => Executable) =>
  Layer.effect(
    Device.Device,
    Effect.map(Device.Device, (inner) => Device.Device.of({ ...inner, compile: (program) => Effect.map(inner.compile(program), wrap) }))
  )
