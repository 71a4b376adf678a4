/** The host's side of an engine that runs elsewhere, with a party that does nothing. */
import { assert, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { EventEmitter } from "node:events"
import * as Tensor from "../../../../src/domain/Tensor.ts"
import { maxIterations } from "../../../../src/layers/device/hosted/control.ts"
import * as Executable from "../../../../src/layers/device/hosted/Executable.ts"
import * as Host from "../../../../src/layers/device/hosted/Host.ts"
import { Allocator, memoryFor, statePlace } from "../../../../src/layers/device/hosted/Plan.ts"

it.effect("a state whose engine ends while it is copied is not taken for whole", () =>
  Effect.gen(function* () {
    const elements = 4 << 20
    const memory = new Allocator()
    const leaf = { name: "w", type: { dtype: "float32", shape: [elements] }, kind: "variable", trainable: true } as const
    const state = [statePlace(memory, leaf, 1, false, false)]
    const layout = { replicas: 1, slots: 2, state, infeed: [], outfeed: [], bytes: memory.bytes }
    const plan = { layout, init: { nodes: [], parameters: [], outputs: [] }, ...memoryFor(layout, maxIterations) }
    const party = new EventEmitter()
    const host = yield* Host.start({ engine: "none", remedy: "" }, plan, () => party)
    const executable = yield* Executable.make(host, plan)
    yield* executable.writeState(new Map([["w", Tensor.make(new Float32Array(elements).fill(7), [elements])]]))
    const into = new Float32Array(elements)
    const copying = yield* Effect.forkChild(Effect.flip(executable.copyState(new Map([["w", Tensor.make(into, [elements])]]))))
    while (into[0] !== 7) yield* Effect.yieldNow
    assert.notStrictEqual(into.at(-1), 7)
    // as a process's memory is when the process is gone
    new Uint8Array(plan.memory).fill(0)
    party.emit("exit", 9)
    assert.strictEqual((yield* Fiber.join(copying)).reason, "DeviceLost")
  }).pipe(Effect.scoped)
)
