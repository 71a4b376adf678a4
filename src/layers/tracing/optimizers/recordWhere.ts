/**
 * Updates that take effect only where a condition of the step holds.
 *
 * @since 0.1.0
 */
import * as tf from "@tensorflow/tfjs-core"
import type { NodeId } from "../../../domain/graph/Graph.ts"
import type { Recording } from "../Recording.ts"

/**
 * Records `f` so that what it assigns takes effect only where `due`: every variable, slot and count that it changes, those
 * included that it makes, keeps its value otherwise.
 */
export const recordWhere = (recording: Recording, due: tf.Tensor, f: () => void): void => {
  const nodeOf = (variable: tf.Variable): NodeId => recording.nodeOf(variable, variable.name, undefined)
  const before = new Map(recording.variables.map(({ variable }) => [variable, nodeOf(variable)]))
  f()
  for (const { variable, parameter } of recording.variables) {
    const old = before.get(variable) ?? parameter
    if (nodeOf(variable) !== old) variable.assign(tf.where(due, variable, recording.tensor(old, variable.name)))
  }
}
