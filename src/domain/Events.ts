/**
 * The one stream of events of a run; console, JSONL, TensorBoard, OpenTelemetry and dashboards are its subscribers.
 *
 * @since 0.1.0
 */

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
export type RunEvent =
  | {
      readonly event: "begin"
      readonly mode: string
      readonly engine: string
      readonly replicas: number
      readonly step: number
      readonly time: string
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
  /** Scalars by name, as hooks want them seen: TensorFlow's scalar summaries. */
  | {
      readonly event: "summary"
      /** Of the program that they come from; left out by hooks of training that do not say. */
      readonly mode?: string
      /** Global step: in evaluation and prediction that of the state. */
      readonly step: number
      /** Evaluation and prediction: batches so far. */
      readonly batches?: number
      readonly scalars: { readonly [name: string]: number }
    }
  | { readonly event: "end"; readonly mode: string; readonly step: number; readonly reason: "done" | "interrupted" | "failed" }
