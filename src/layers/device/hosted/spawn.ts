/**
 * Starts worker threads.
 *
 * @since 0.1.0
 */
import { Worker } from "node:worker_threads"
import type { HostedPlan } from "./Plan.ts"

/**
 * Starts the module `worker` in the folder of the module at `url` (its `import.meta.url`): TypeScript like that, or what both were
 * compiled to.
 *
 * @category constructors
 * @since 0.1.0
 */
export const spawnBeside =
  <P extends HostedPlan>(url: string) =>
  (plan: P): Worker =>
    new Worker(new URL(url.endsWith(".ts") ? "./worker.ts" : "./worker.js", url), { workerData: plan, execArgv: [] })
