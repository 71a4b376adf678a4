/**
 * The thread that owns the session: a call of TensorFlow blocks the thread that makes it.
 *
 * @since 0.1.0
 */
import { createRequire } from "node:module"
import { parentPort, workerData } from "node:worker_threads"
import type { WorkerMessage } from "../hosted/control.ts"
import { messageOf, serve } from "../hosted/serve.ts"
import { type Addon, TensorflowError } from "./Binding.ts"
import * as Runner from "./Runner.ts"
import type { WorkerPlan } from "./WorkerPlan.ts"

// a worker has a parent, and the host gives it a plan
const port = parentPort!
const plan = workerData as WorkerPlan

const post = (message: WorkerMessage) => port.postMessage(message)

const open = (): Addon | undefined => {
  try {
    return createRequire(import.meta.url)(plan.addon) as Addon // the addon has this form
  } catch (error) {
    post({ _tag: "Unavailable", detail: `${plan.addon} could not be loaded: ${messageOf(error)}` })
    return undefined
  }
}

const main = async () => {
  const addon = open()
  if (addon === undefined) return
  try {
    const runner = Runner.make(addon, plan)
    await serve(port, plan, runner)
    runner.close()
  } catch (error) {
    if (!(error instanceof TensorflowError)) throw error
    post({ _tag: "Refused", detail: error.message })
  }
}

await main()
