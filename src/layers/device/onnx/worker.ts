/**
 * The thread that owns the native session.
 *
 * @since 0.1.0
 */
import { createRequire } from "node:module"
import { parentPort, workerData } from "node:worker_threads"
import type { WorkerMessage } from "../hosted/control.ts"
import { messageOf, serve } from "../hosted/serve.ts"
import { Ort, OrtError } from "./Ort.ts"
import * as Stepper from "./Stepper.ts"
import type { WorkerPlan } from "./WorkerPlan.ts"

// a worker has a parent, and the host gives it a plan
const port = parentPort!
const plan = workerData as WorkerPlan

const post = (message: WorkerMessage) => port.postMessage(message)

const open = () => {
  try {
    return new Ort(createRequire(import.meta.url)(plan.koffi), plan.library)
  } catch (error) {
    post({ _tag: "Unavailable", detail: `${plan.library} could not be loaded: ${messageOf(error)}` })
    return undefined
  }
}

const main = async () => {
  const ort = open()
  if (ort === undefined) return
  try {
    const stepper = Stepper.make(ort, plan)
    await serve(port, plan, Stepper.runner(stepper, plan))
    stepper.close()
  } catch (error) {
    if (!(error instanceof OrtError)) throw error
    post({ _tag: "Refused", detail: error.message })
  }
  ort.close()
}

await main()
