/**
 * What many executions of one step each leave behind: resident memory of this process and of the plugin's one, and handles of the plugin
 * that are still open once the program has ended.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Builder from "../../src/domain/graph/Builder.ts"
import type { Program } from "../../src/domain/Program.ts"
import type { Open } from "../../src/layers/device/pjrt/client/Client.ts"
import { make, type PluginDevice } from "../../src/layers/device/pjrt/Engine.ts"

/** Of each array: a leak of one of them a step is 64 KiB a step. */
const elements = 16_384

/** Adds the batch to a sum, and gives it back: 64 KiB in, 64 KiB out, 64 KiB of state. */
const program = (): Program => {
  const type = { dtype: "float32", shape: [elements] } as const
  const b = Builder.make()
  const sum = b.parameter("sum", { _tag: "State", kind: "variable", trainable: true }, type)
  const x = b.parameter("x", { _tag: "Batch" }, type)
  b.output("sum", { _tag: "State" }, b.add("Add", [sum, x], {}))
  b.output("y", { _tag: "Outfeed" }, b.add("Neg", [x], {}))
  const init = Builder.make()
  init.output("sum", { _tag: "State" }, Builder.constant(init, new Float32Array(elements), [elements]))
  return { mode: "train", step: b.build(), init: init.build() }
}

/** Resident MiB of a process. */
const resident = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024

/** @category models @since 0.1.0 */
export interface Left {
  /** MiB of the host and of the plugin's process, at evenly spaced times. */
  readonly resident: ReadonlyArray<readonly [host: number, plugin: number]>
  /** Handles that the program has not released when it had ended. */
  readonly open: Open
}

/** @category running @since 0.1.0 */
export const measure = Effect.fnUntraced(function* (steps: number, samples: number) {
  let device: PluginDevice | undefined
  const engine = make({ cache: false, stepsPerExecute: 1 }, { spawn: (plan, given) => ((device = given), given.serve(plan)) })
  const rows: Array<readonly [number, number]> = []
  yield* Effect.scoped(
    Effect.gen(function* () {
      const executable = yield* engine.compile(program())
      yield* executable.initialise(1)
      const batch = [new Float32Array(elements)]
      for (let i = 0; i < samples; i++) {
        for (let k = 0; k < steps / samples; k++) {
          yield* executable.feed(batch)
          yield* executable.run(1)
          yield* executable.outfeed
        }
        rows.push([resident(process.pid), resident(device!.process()!.child.pid!)])
      }
    })
  )
  // the process stays a while for another program
  const open = yield* Effect.callback<Open>((resume) => {
    const left = device!.process()!.left
    if (left !== undefined) return resume(Effect.succeed(left))
    device!.process()!.ask((answer) => answer._tag === "Left" && resume(Effect.succeed(answer.open)))
  })
  const left: Left = { resident: rows, open }
  return left
})
