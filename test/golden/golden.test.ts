/**
 * What must not change unnoticed: losses of a program on the reference engine, and the printed graph of a small one. When a
 * change is meant, run this file with `UPDATE_GOLDEN=1` and look at the difference in the commit.
 */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { program as transformerXl } from "../../examples/transformer-xl/main.ts"
import { print } from "../../src/domain/graph/print.ts"
import { Estimator, EstimatorTest } from "../../src/index.ts"
import { Tracer } from "../../src/services/Tracer.ts"
import { descent, recordLosses } from "../programs/models.ts"

const golden = (name: string, text: string) => {
  const file = new URL(name, import.meta.url)
  if (process.env["UPDATE_GOLDEN"] !== undefined || !existsSync(file)) {
    assert.isUndefined(process.env["CI"], `${name} is not committed`)
    writeFileSync(file, text)
  }
  assert.strictEqual(text, readFileSync(file, "utf8"))
}

it.live("the losses of a small Transformer-XL with dropout on the reference engine, to the last bit", () =>
  Effect.gen(function* () {
    const small = { layers: 2, width: 16, heads: 2, inner: 32, memory: 8, segment: 8, batch: 8, dropout: 0.1, learningRate: 3e-3 }
    const { estimator, train } = transformerXl.make({ ...transformerXl.params, ...small })
    const losses: Array<number> = []
    yield* Estimator.train({ ...estimator, config: {} }, { input: train!, maxSteps: 12, hooks: [recordLosses(losses)] })
    // the shortest text that reads back as the same float32's double
    golden("transformer-xl.losses.txt", `${losses.join("\n")}\n`)
  }).pipe(Effect.provide(EstimatorTest.layer({ replicas: 2 })), Effect.provide(NodeServices.layer))
)

it.effect("the step and the first values of gradient descent, as a graph", () =>
  Effect.gen(function* () {
    const type = { dtype: "float32", shape: [2] } as const
    const request = { modelFn: descent, mode: "train", params: { rate: 0.25 }, replicas: 2, features: type, labels: type, perReplicaBatchSize: 2 } as const
    const { program } = yield* Tracer.use((tracer) => tracer.trace(request))
    golden("descent.step.txt", `${print(program.step, { sources: false })}\n`)
    golden("descent.init.txt", `${print(program.init, { sources: false })}\n`)
  }).pipe(Effect.provide(EstimatorTest.layer()))
)
