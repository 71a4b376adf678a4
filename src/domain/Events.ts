/**
 * The one stream of events of a run; console, JSONL, TensorBoard, OpenTelemetry and dashboards are its subscribers.
 *
 * @since 0.1.0
 */
import type { Graph } from "./graph/Graph.ts"
import type { Summary } from "./Summary.ts"

/** Fields that follow from the loss and the clock. Rates are over the time since the previous event of the kind. */
interface Progress {
  readonly step: number
  readonly loss: number
  /** `e^loss` */
  readonly ppl: number
  /** `loss / ln 2` */
  readonly bpc: number
}

/** @category models @since 0.1.0 */
export interface Params {
  readonly [name: string]: number | string | boolean
}

/** @category models @since 0.1.0 */
export type RunEvent =
  | {
      readonly event: "begin"
      readonly mode: string
      readonly engine: string
      readonly replicas: number
      readonly step: number
      readonly time: string
      /** Of an evaluation that has one. */
      readonly name?: string
      /** Of a training: those of the estimator's `params` that are numbers, strings or booleans, if there are any. */
      readonly params?: Params
    }
  | {
      readonly event: "compile"
      readonly mode: string
      readonly nodes: number
      readonly millis: number
      /** Cores of a replica among which its step is cut up; this and what follows are there only then. */
      readonly cores?: number
      /** Nodes that are computed in parts. */
      readonly cutNodes?: number
      /** Nodes that every core computes whole. */
      readonly wholeNodes?: number
      /** Elements that go from core to core in a step of one replica. */
      readonly movedElements?: number
      /** Work of the busiest core, as a part of the uncut step's. */
      readonly busiestShare?: number
      /** Of products, where it is not float32. */
      readonly precision?: string
      /** The engine rounds operands to get the precision's numbers: no faster than float32. */
      readonly emulated?: boolean
    }
  | (Progress & {
      readonly event: "train"
      readonly stepsPerSec: number
      readonly examplesPerSec: number
      readonly tokensPerSec: number
      /** Where the run ends, when it is known. */
      readonly lastStep?: number
    })
  | { readonly event: "checkpoint"; readonly step: number; readonly file: string; readonly millis: number }
  | { readonly event: "restore"; readonly step: number; readonly file: string }
  | (Progress & { readonly event: "eval"; readonly name?: string; readonly examples: number; readonly metrics: { readonly [name: string]: number } })
  /** The compiled step, after `compile`; sinks that write lines pass over it. */
  | { readonly event: "graph"; readonly mode: string; readonly graph: Graph }
  /** What hooks, host calls and model functions want seen: TensorFlow's summaries. */
  | {
      readonly event: "summary"
      /** Of the program that they come from; left out by what does not say: host calls, model functions, hooks of training. */
      readonly mode?: string
      /** Global step: in evaluation and prediction that of the state. */
      readonly step: number
      /** Hooks in evaluation and prediction: batches so far. */
      readonly batches?: number
      readonly scalars: { readonly [name: string]: number }
      /** All but scalars; absent where there are none. */
      readonly summaries?: ReadonlyArray<Summary>
    }
  | { readonly event: "end"; readonly mode: string; readonly step: number; readonly reason: "done" | "interrupted" | "failed" }

/** Those that can be a line of text: all but the graph. @category models @since 0.1.0 */
export type LineEvent = Exclude<RunEvent, { readonly event: "graph" }>

/** @category rules @since 0.1.0 */
export const isLine = (event: RunEvent): event is LineEvent => event.event !== "graph"
