/**
 * A graph that cannot be: a type rule refused a node, a text does not parse, an invariant does not hold.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Thrown by the builder (a graph is built by code of this package, so this is a defect of a rule or a pass) and the
 * failure of `verify` and `parse`. `op` is the op refused, `source` the user's `file:line:column`.
 *
 * @category errors
 * @since 0.1.0
 */
export class GraphError extends Schema.TaggedError<GraphError>()("GraphError", {
  op: Schema.optionalKey(Schema.String),
  detail: Schema.String,
  source: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    const at = this.source === undefined ? "" : ` (at ${this.source})`
    return `${this.op === undefined ? "graph" : this.op}: ${this.detail}${at}`
  }
}
