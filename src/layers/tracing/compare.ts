/**
 * Compares the graphs of two recordings of one model function, which differ only where it read the host's generator,
 * clock or memory.
 *
 * @since 0.1.0
 */
import type { TraceError } from "../../domain/Errors.ts"
import { attrsText } from "../../domain/graph/attrsText.ts"
import type { Graph, Node } from "../../domain/graph/Graph.ts"
import { failure, hostRandomness } from "./failures.ts"

const literals: ReadonlySet<string> = new Set(["Constant", "Fill"])

const sameAttrs = (a: Node, b: Node): boolean => {
  if (a.op === "Constant" && b.op === "Constant") {
    const [x, y] = [a.attrs.data, b.attrs.data]
    return x.length === y.length && x.every((value, i) => Object.is(value, y[i]))
  }
  return attrsText(a.op, a.attrs) === attrsText(b.op, b.attrs)
}

const sameNode = (a: Node, b: Node): boolean =>
  a.op === b.op && a.inputs.length === b.inputs.length && a.inputs.every((input, i) => input === b.inputs[i]) && sameAttrs(a, b)

const names = (graph: Graph) => [...graph.parameters.map((p) => p.name), ...graph.outputs.map((o) => `${o.role._tag} ${o.name} ${o.node}`)].join("\n")

/** `undefined` when the graphs are equal; `opOf` names the tfjs function behind a literal. */
export const differenceOf = (first: Graph, second: Graph, opOf: (node: Node) => string | undefined): TraceError | undefined => {
  const n = Math.max(first.nodes.length, second.nodes.length)
  for (let i = 0; i < n; i++) {
    const [a, b] = [first.nodes[i], second.nodes[i]]
    if (a !== undefined && b !== undefined && sameNode(a, b)) continue
    const at = a ?? b!
    if (a !== undefined && b !== undefined && literals.has(a.op) && literals.has(b.op)) return hostRandomness(opOf(a) ?? a.op, a.source)
    return notDeterministic(at.op, at.source)
  }
  return names(first) === names(second) ? undefined : notDeterministic("modelFn", undefined)
}

const notDeterministic = (op: string, source: string | undefined) =>
  failure(
    "NotDeterministic",
    "two recordings of modelFn with the same input gave different graphs. It must do the same each time: no state kept between calls, no branches on random numbers or the clock",
    { op, source }
  )
