/**
 * The driver's end of the worker protocol (see `serve.ts`): a contender is a process that does bursts of training steps on
 * demand and lies idle between them.
 *
 * @since 0.1.0
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { type Environment, python } from "../peers/setup.ts"
import { works } from "../peers/works.ts"
import * as Cpu from "./Cpu.ts"
import { benchDirectory, dataDirectory } from "./paths.ts"

/** @category models @since 0.1.0 */
export interface Definition {
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly directory: string
  /** Python environment that must be there. */
  readonly needs?: Environment
}

const peer = (needs: Environment, ...args: ReadonlyArray<string>): Definition => ({
  command: python(needs),
  args,
  directory: join(benchDirectory, "peers"),
  needs
})
const node = (file: string, ...args: ReadonlyArray<string>): Definition => ({
  command: process.execPath,
  args: [file, ...args],
  directory: join(benchDirectory, "contenders")
})

/** All contenders by name; those in `defaultNames` run when none is named, for a workload with its name and a slash before. @category constants @since 0.1.0 */
export const definitions: { readonly [name: string]: Definition } = {
  torch: peer("vt", "xl_torch.py"),
  "torch-compile": peer("vt", "xl_torch.py", "compile"),
  "ort-hand": node("ortHand.ts"),
  estimator: node("estimator.ts"),
  tensorflow: node("estimator.ts", "tensorflow"),
  "tensorflow-xla": node("estimator.ts", "tensorflow-xla"),
  pjrt: node("estimator.ts", "pjrt"),
  "pjrt-bfloat16": node("estimator.ts", "pjrt-bfloat16"),
  "tfjs-node": node("tfjsNode.ts"),
  "tf-function": peer("vf", "xl_tf.py"),
  "tf-function-xla": peer("vf", "xl_tf.py", "xla"),
  "tiny/bare": node("mlpBare.ts"),
  "tiny/estimator": node("mlpEstimator.ts", "100"),
  "tiny/estimator-2": node("mlpEstimator.ts", "2"),
  "tiny/pjrt": node("mlpEstimator.ts", "100", "pjrt"),
  "tiny/tensorflow": node("mlpEstimator.ts", "100", "tensorflow"),
  "tiny/tensorflow-xla": node("mlpEstimator.ts", "100", "tensorflow-xla"),
  "tiny/tfjs-node": node("tfjsNode.ts", "mlp"),
  ...Object.fromEntries(
    [...works.keys()].flatMap((work): ReadonlyArray<readonly [string, Definition]> => [
      [`${work}/torch`, peer("vt", `${work}_torch.py`)],
      [`${work}/jax`, peer("vt", `${work}_jax.py`)],
      [`${work}/estimator`, node("workEstimator.ts", work)],
      [`${work}/pjrt`, node("workEstimator.ts", work, "pjrt")],
      [`${work}/pjrt-bfloat16`, node("workEstimator.ts", work, "pjrt-bfloat16")]
    ])
  )
}

/** @category constants @since 0.1.0 */
export const defaultNames: ReadonlyArray<string> = ["torch", "ort-hand", "estimator"]

/** The contenders of a workload when none is named. @category rules @since 0.1.0 */
export const defaultsOf = (work: string): ReadonlyArray<string> => {
  if (work === "xl") return defaultNames
  const names = work === "tiny" ? ["tfjs-node", "tensorflow", "tensorflow-xla", "estimator"] : ["torch", "jax", "estimator"]
  return names.map((name) => `${work}/${name}`)
}

/** @category models @since 0.1.0 */
export interface Measured {
  /** Of each step. */
  readonly seconds: ReadonlyArray<number>
  readonly losses: ReadonlyArray<number>
  /** Peak resident size so far, MiB. */
  readonly rssMb: number
  /** Share of the machine's processor time that other processes took meanwhile; `undefined` where the system does not say. */
  readonly foreign: number | undefined
}

/** @category models @since 0.1.0 */
export interface Contender {
  readonly name: string
  /** Seconds from spawning the process to the end of its first step. */
  readonly startSeconds: number
  readonly firstLosses: ReadonlyArray<number>
  readonly burst: (steps: number) => Promise<Measured>
  readonly stop: () => Promise<void>
}

interface Message {
  readonly ready?: string
  readonly seconds?: ReadonlyArray<number>
  readonly losses?: ReadonlyArray<number>
  readonly rssMb?: number
}

const messages = (name: string, child: ChildProcessWithoutNullStreams) => {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  let errors = ""
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000)
  })
  return async (): Promise<Message> => {
    for (;;) {
      const { done, value } = await lines.next()
      if (done === true) throw new Error(`contender ${name} ended early\n${errors}`)
      // whatever else a library prints is no message
      if (value.startsWith("{")) return JSON.parse(value) as Message // the protocol of serve.ts and common.py
    }
  }
}

/** Starts a contender and lets it do its first three steps. Rejects with its error output when it ends early. @category constructors @since 0.1.0 */
export const start = async (name: string): Promise<Contender> => {
  const definition = definitions[name]!
  const began = performance.now()
  const child = spawn(definition.command, [...definition.args], {
    cwd: definition.directory,
    env: { ...process.env, BENCH_DATA: dataDirectory, PYTHONDONTWRITEBYTECODE: "1" }
  })
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  // either shows as an early end of its output, which is reported with what it wrote on standard error
  child.on("error", () => {})
  child.stdin.on("error", () => {})
  const next = messages(name, child)
  await next()
  const startSeconds = (performance.now() - began) / 1000
  const { losses } = await next()
  return {
    name,
    startSeconds,
    // a contender may do more steps than it was asked for
    firstLosses: losses!.slice(0, 3),
    burst: async (steps) => {
      const before = Cpu.sample(child.pid!)
      child.stdin.write(`${steps}\n`)
      const answer = await next()
      return { seconds: answer.seconds!, losses: answer.losses!, rssMb: answer.rssMb!, foreign: Cpu.foreignShare(before, Cpu.sample(child.pid!)) }
    },
    stop: async () => {
      child.stdin.end("quit\n")
      await ended
    }
  }
}
