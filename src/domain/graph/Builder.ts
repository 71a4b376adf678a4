/**
 * Builds graphs: adds typed nodes, giving the same node again for the same op, attributes and operands.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { type DType, dtypeOfData, sameShape, type Shape, type TensorData, type TensorType } from "../Tensor.ts"
import { attrsText } from "./attrsText.ts"
import type { Graph, Node, NodeId, Output, OutputRole, Parameter, ParameterRole, SourceLocation } from "./Graph.ts"
import { GraphError } from "./GraphError.ts"
import { hashBytes } from "./hash.ts"
import { type BinaryOp, type CompareOp, type LogicalOp, type OpAttrs, type OpName, randomOps, type ReduceOp, type UnaryOp } from "./ops.ts"
import { printTypes } from "./typeChecks.ts"
import { inferType } from "./typeRules.ts"

/** @category models @since 0.1.0 */
export interface Builder {
  readonly typeOf: (node: NodeId) => TensorType
  readonly nodeOf: (node: NodeId) => Node
  /** Adds a Parameter node and its entry in `parameters`; throws `GraphError` when the name is taken. */
  readonly parameter: (name: string, role: ParameterRole, type: TensorType) => NodeId
  /**
   * Adds a node; its type comes from the op's type rule. The same op, attributes and operands give the same node again
   * (with the source of the first). A `Constant` of one value everywhere becomes a `Fill`.
   * Throws `GraphError` (op, detail, source) when the type rule refuses.
   */
  readonly add: <K extends Exclude<OpName, "Parameter">>(op: K, inputs: ReadonlyArray<NodeId>, attrs: OpAttrs[K], source?: SourceLocation) => NodeId
  /** Names a result; throws `GraphError` when an output of the same role has the name. */
  readonly output: (name: string, role: OutputRole, node: NodeId) => void
  /** The graph so far; further additions do not show in it. */
  readonly build: () => Graph
}

const bytesOf = (data: TensorData) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)

const sameBytes = (a: TensorData, b: TensorData): boolean => {
  const [x, y] = [bytesOf(a), bytesOf(b)]
  if (x.length !== y.length) return false
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false
  return true
}

/** The one value that all elements have (0 for no elements), or `undefined`. Zeros of both signs differ, NaNs do not. */
const splatOf = (data: TensorData): number | undefined => {
  if (data.length === 0) return 0
  const first = data[0]!
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], first)) return undefined
  return first
}

/** `value` as stored in an element of `dtype`. @category rules @since 0.1.0 */
export const storedValue = (dtype: DType, value: number): number =>
  dtype === "float32" ? Math.fround(value) : dtype === "int32" ? value | 0 : value === 0 ? 0 : 1

const isRandom: ReadonlySet<OpName> = new Set(randomOps)

/** The node to add instead: literals in their one canonical form. */
const canonical = (op: OpName, attrs: object): readonly [OpName, object] => {
  if (op === "Constant") {
    const { shape, data } = attrs as OpAttrs["Constant"] // the union is not narrowed by its sibling `op`
    const dtype = dtypeOfData(data)
    const value = splatOf(data)
    if (dtype !== undefined && value !== undefined) return ["Fill", { dtype, shape, value }]
  }
  if (op === "Fill") {
    const fill = attrs as OpAttrs["Fill"] // as above
    return ["Fill", { ...fill, value: storedValue(fill.dtype, fill.value) }]
  }
  return [op, attrs]
}

class GraphBuilder implements Builder {
  readonly #nodes: Array<Node> = []
  readonly #parameters: Array<Parameter> = []
  readonly #outputs: Array<Output> = []
  readonly #byKey = new Map<string, Array<NodeId>>()

  readonly nodeOf = (node: NodeId): Node => {
    const found = this.#nodes[node]
    if (found === undefined) throw new GraphError({ detail: `there is no node %${node}: the graph has ${this.#nodes.length}` })
    return found
  }

  readonly typeOf = (node: NodeId): TensorType => this.nodeOf(node).type

  readonly parameter = (name: string, role: ParameterRole, type: TensorType): NodeId => {
    if (this.#parameters.some((p) => p.name === name)) throw new GraphError({ op: "Parameter", detail: `the name "${name}" is taken` })
    const attrs = { index: this.#parameters.length, dtype: type.dtype, shape: type.shape }
    const node = this.#push("Parameter", [], attrs, this.#infer("Parameter", [], attrs, undefined), undefined)
    this.#parameters.push({ name, role, node })
    return node
  }

  readonly add = <K extends Exclude<OpName, "Parameter">>(
    op: K,
    inputs: ReadonlyArray<NodeId>,
    attrs: OpAttrs[K],
    source?: SourceLocation
  ): NodeId => {
    const [name, canonicalAttrs] = canonical(op, attrs)
    const type = this.#infer(name, inputs, canonicalAttrs, source)
    if (isRandom.has(name) && this.nodeOf(inputs[0]!).op !== "Parameter") {
      throw new GraphError({
        op: name,
        detail: `expected the random key parameter itself, got a computed value`,
        ...(source === undefined ? {} : { source })
      })
    }
    const data = name === "Constant" ? (canonicalAttrs as OpAttrs["Constant"]).data : undefined // not narrowed, as in `canonical`
    const key = `${name}(${inputs.join(",")}) ${attrsText(name, canonicalAttrs)}${data === undefined ? "" : ` ${type.dtype} ${hashBytes(bytesOf(data))}`}`
    const known = this.#byKey.get(key)
    const same = known?.find((id) => {
      const other = this.#nodes[id]!
      return data === undefined || (other.op === "Constant" && sameBytes(other.attrs.data, data))
    })
    if (same !== undefined) return same
    const node = this.#push(name, inputs, canonicalAttrs, type, source)
    if (known === undefined) this.#byKey.set(key, [node])
    else known.push(node)
    return node
  }

  readonly output = (name: string, role: OutputRole, node: NodeId): void => {
    this.nodeOf(node)
    if (this.#outputs.some((o) => o.name === name && o.role._tag === role._tag)) {
      throw new GraphError({ detail: `there is a ${role._tag} output "${name}" already` })
    }
    this.#outputs.push({ name, role, node })
  }

  readonly build = (): Graph => ({ nodes: [...this.#nodes], parameters: [...this.#parameters], outputs: [...this.#outputs] })

  #infer(op: OpName, inputs: ReadonlyArray<NodeId>, attrs: object, source: SourceLocation | undefined): TensorType {
    // the caller's signature ties `attrs` to `op`
    const type = inferType(op, inputs.map(this.typeOf), attrs as OpAttrs[OpName])
    if (Result.isSuccess(type)) return type.success
    throw new GraphError({ op, detail: type.failure, ...(source === undefined ? {} : { source }) })
  }

  #push(op: OpName, inputs: ReadonlyArray<NodeId>, attrs: object, type: TensorType, source: SourceLocation | undefined): NodeId {
    // one object literal for all ops: that `attrs` belongs to `op` was checked where it came in
    this.#nodes.push({ op, inputs: [...inputs], attrs, type, ...(source === undefined ? {} : { source }) } as Node)
    return this.#nodes.length - 1
  }
}

/** An empty graph to add to. @category constructors @since 0.1.0 */
export const make = (): Builder => new GraphBuilder()

/** A literal of one value everywhere. @category helpers @since 0.1.0 */
export const fill = (b: Builder, type: TensorType, value: number, source?: SourceLocation): NodeId =>
  b.add("Fill", [], { dtype: type.dtype, shape: type.shape, value }, source)

/** @category helpers @since 0.1.0 */
export const scalar = (b: Builder, dtype: DType, value: number, source?: SourceLocation): NodeId => fill(b, { dtype, shape: [] }, value, source)

/** `x` repeated to `shape` by numpy's rule; `x` itself when it has the shape. @category helpers @since 0.1.0 */
export const broadcastTo = (b: Builder, x: NodeId, shape: Shape, source?: SourceLocation): NodeId =>
  sameShape(b.typeOf(x).shape, shape) ? x : b.add("Broadcast", [x], { shape }, source)

/** @category helpers @since 0.1.0 */
export const reshape = (b: Builder, x: NodeId, shape: Shape, source?: SourceLocation): NodeId =>
  sameShape(b.typeOf(x).shape, shape) ? x : b.add("Reshape", [x], { shape }, source)

/** @category helpers @since 0.1.0 */
export const cast = (b: Builder, x: NodeId, dtype: DType, source?: SourceLocation): NodeId =>
  b.typeOf(x).dtype === dtype ? x : b.add("Cast", [x], { dtype }, source)

/** @category helpers @since 0.1.0 */
export const transpose = (b: Builder, x: NodeId, perm: ReadonlyArray<number>, source?: SourceLocation): NodeId =>
  perm.every((p, i) => p === i) ? x : b.add("Transpose", [x], { perm }, source)

/** @category helpers @since 0.1.0 */
export const unary = (b: Builder, op: UnaryOp, x: NodeId, source?: SourceLocation): NodeId => b.add(op, [x], {}, source)

/** The shape to which numpy broadcasts both, or `undefined` when there is none. @category rules @since 0.1.0 */
export const broadcastShapes = (a: Shape, b: Shape): Shape | undefined => {
  const rank = Math.max(a.length, b.length)
  const out: Array<number> = []
  for (let i = 0; i < rank; i++) {
    const d = a[a.length - rank + i] ?? 1
    const e = b[b.length - rank + i] ?? 1
    if (d !== e && d !== 1 && e !== 1) return undefined
    out.push(d === 1 ? e : d)
  }
  return out
}

const broadcastAll = (b: Builder, op: OpName, inputs: ReadonlyArray<NodeId>, source: SourceLocation | undefined): Array<NodeId> => {
  let shape: Shape | undefined = []
  for (const x of inputs) shape = shape === undefined ? undefined : broadcastShapes(shape, b.typeOf(x).shape)
  if (shape === undefined) {
    const detail = `expected shapes that broadcast, got ${printTypes(inputs.map(b.typeOf))}`
    throw new GraphError({ op, detail, ...(source === undefined ? {} : { source }) })
  }
  const to = shape
  return inputs.map((x) => broadcastTo(b, x, to, source))
}

/** An elementwise op of two operands, each first repeated by numpy's rule (explicit `Broadcast` nodes). @category helpers @since 0.1.0 */
export const binary = (b: Builder, op: BinaryOp | CompareOp | LogicalOp, x: NodeId, y: NodeId, source?: SourceLocation): NodeId =>
  b.add(op, broadcastAll(b, op, [x, y], source), {}, source)

/** `condition ? x : y`, elementwise with numpy's broadcasting. @category helpers @since 0.1.0 */
export const select = (b: Builder, condition: NodeId, x: NodeId, y: NodeId, source?: SourceLocation): NodeId =>
  b.add("Select", broadcastAll(b, "Select", [condition, x, y], source), {}, source)

/** A reduction over `axes` (any order, non-negative). @category helpers @since 0.1.0 */
export const reduce = (b: Builder, op: ReduceOp, x: NodeId, axes: ReadonlyArray<number>, keepDims = false, source?: SourceLocation): NodeId =>
  b.add(op, [x], { axes: [...new Set(axes)].sort((i, j) => i - j), keepDims }, source)

/** @category helpers @since 0.1.0 */
export const matMul = (
  b: Builder,
  x: NodeId,
  y: NodeId,
  {
    transposeA = false,
    transposeB = false,
    exact = false
  }: { readonly transposeA?: boolean; readonly transposeB?: boolean; readonly exact?: boolean } = {},
  source?: SourceLocation
): NodeId => b.add("MatMul", [x, y], exact ? { transposeA, transposeB, exact } : { transposeA, transposeB }, source)

/** Literal data; a `Fill` when it is one value everywhere. The data is kept, not copied. @category helpers @since 0.1.0 */
export const constant = (b: Builder, data: TensorData, shape: Shape, source?: SourceLocation): NodeId =>
  b.add("Constant", [], { shape, data }, source)
