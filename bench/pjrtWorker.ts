/**
 * For `bench/pjrt.ts`: the PJRT engine's program in a worker thread of the measuring process, as the engine does not have it.
 *
 * @since 0.1.0
 */
import { parentPort, workerData } from "node:worker_threads"
import { serve } from "../src/layers/device/hosted/serve.ts"
import type { HostedPlan } from "../src/layers/device/hosted/Plan.ts"
import { create } from "../src/layers/device/pjrt/client/Client.ts"
import { Executable } from "../src/layers/device/pjrt/client/Executable.ts"
import { loadKoffi } from "../src/layers/device/pjrt/client/Native.ts"
import { open } from "../src/layers/device/pjrt/client/Plugin.ts"
import type { Module, ProgramPlan } from "../src/layers/device/pjrt/process/ProgramPlan.ts"
import * as Runner from "../src/layers/device/pjrt/process/Runner.ts"

/** @category models @since 0.1.0 */
export interface InThread {
  readonly plugin: string
  readonly plan: ProgramPlan
  readonly hosted: HostedPlan
}

/** The engine's runner in this thread. @category constructors @since 0.1.0 */
export const runnerHere = ({ hosted, plan, plugin }: InThread) => {
  const koffi = loadKoffi()
  const client = create(open(koffi, plugin), { cpu_device_count: 1 })
  const compile = ({ arguments: args, results, text }: Module) =>
    new Executable(client, client.compile(text, plan.options), 1, {
      parameters: args.map(({ type }) => type),
      results: results.map(({ type }) => type)
    })
  const address = koffi.address(new Uint8Array(hosted.memory))
  return Runner.make({ client, plan, address, memory: hosted.memory, compile, alone: (work) => work(), now: () => performance.now() })
}

if (parentPort !== null) {
  const given = workerData as InThread // `pjrt.ts` gives it
  await serve(parentPort, given.hosted, runnerHere(given))
}
