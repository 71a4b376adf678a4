/**
 * onnxruntime in a plain loop: one session, two sets of state buffers that take turns as inputs and preallocated outputs.
 *
 * @since 0.1.0
 */
import * as ort from "onnxruntime-node"
import type { Burst } from "./serve.ts"

/** A step graph: each state input `name` has an output `name.out`; the scalar output is `loss`. @category models @since 0.1.0 */
export interface OrtLoopOptions {
  readonly bytes: Uint8Array
  readonly threads: number
  readonly state: Iterable<{ readonly name: string; readonly shape: ReadonlyArray<number>; readonly initial?: Float32Array | undefined }>
  /** The batches, used in turn over and over. */
  readonly batches: ReadonlyArray<{ readonly [name: string]: ort.Tensor }>
}

/** @category constructors @since 0.1.0 */
export const make = async (options: OrtLoopOptions): Promise<(steps: number) => Promise<Burst>> => {
  const session = await ort.InferenceSession.create(options.bytes, { intraOpNumThreads: options.threads, logSeverityLevel: 3 })
  const leaves = [...options.state]
  const buffers = (first: boolean) =>
    leaves.map(({ initial, name, shape }) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1))
      if (first && initial !== undefined) data.set(initial)
      return { name, tensor: new ort.Tensor("float32", data, shape) }
    })
  const [a, b] = [buffers(true), buffers(false)]
  const loss = new ort.Tensor("float32", new Float32Array(1), [])
  const feeds = (from: typeof a): Record<string, ort.Tensor> => Object.fromEntries(from.map(({ name, tensor }) => [name, tensor]))
  const fetches = (to: typeof a): Record<string, ort.Tensor> => ({
    loss,
    ...Object.fromEntries(to.map(({ name, tensor }) => [`${name}.out`, tensor]))
  })
  const turns = [
    { feeds: feeds(a), fetches: fetches(b) },
    { feeds: feeds(b), fetches: fetches(a) }
  ]
  let done = 0
  return async (steps) => {
    const seconds: Array<number> = []
    const losses: Array<number> = []
    for (let i = 0; i < steps; i++) {
      const began = performance.now()
      const turn = turns[done % 2]!
      Object.assign(turn.feeds, options.batches[done % options.batches.length])
      await session.run(turn.feeds, turn.fetches)
      losses.push((loss.data as Float32Array)[0]!) // float32, as made above
      seconds.push((performance.now() - began) / 1000)
      done++
    }
    return { seconds, losses }
  }
}
