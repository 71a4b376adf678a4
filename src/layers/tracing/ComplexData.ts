/**
 * A `dataId` that stands for two float32 nodes: the parts of a complex tensor.
 *
 * @since 0.1.0
 */
import type { NodeId } from "../../domain/graph/Graph.ts"

/** Real and imaginary part, of one shape. */
export interface Pair {
  readonly real: NodeId
  readonly imaginary: NodeId
}

export class ComplexData {
  /** The recording whose nodes they are. */
  readonly recording: object
  readonly pair: Pair

  constructor(recording: object, pair: Pair) {
    this.recording = recording
    this.pair = pair
  }
}
