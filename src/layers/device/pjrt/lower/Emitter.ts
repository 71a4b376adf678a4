/**
 * What lowering rules write to: the instructions of one StableHLO function. An instruction that is there already is not
 * written again. StableHLO neither broadcasts nor promotes by itself: operands have the types that an op wants.
 *
 * @since 0.1.0
 */
import type { Node } from "../../../../domain/graph/Graph.ts"
import { byteSizeOf, type DType, sameShape, type Shape, sizeOf, type TensorData } from "../../../../domain/Tensor.ts"
import { composed } from "./composed.ts"
import { bytesText, type ElementType, literalText, typeText } from "./text.ts"

/** A value of the function. @category models @since 0.1.0 */
export interface Value {
  /** As an operand is written: `%7`, `%7#1`, `%arg0`. */
  readonly name: string
  readonly type: ElementType
  readonly shape: Shape
  /** float32 of which every element is a number of bfloat16, too: a product may take it as such. */
  readonly isBfloat16?: true
}

/** A condition of the step that no instruction can refuse. @category models @since 0.1.0 */
export interface Check {
  readonly node: Node
  /** A bool scalar. */
  readonly holds: Value
}

/** A line of the text, and which node it is of. @category models @since 0.1.0 */
export interface Line {
  readonly text: string
  readonly node?: Node | undefined
}

/** How products are computed: see `stepModule.ts`. @category models @since 0.1.0 */
export type Precision = "default" | "highest" | "bfloat16"

/** @category models @since 0.1.0 */
export interface LowerOptions {
  readonly replicas: number
  readonly precision: Precision
  /** Whether there is 64-bit arithmetic: see `stepModule.ts`. */
  readonly wide: boolean
  /** Whether the text does without CHLO, which has no portable form; default `false`. */
  readonly portable?: boolean
  /** The most parts in which an axis of a batch leaf is cut over the cores of a replica; default 1. */
  readonly parts?: number | undefined
  /** Whether a leaf is cut along several axes at once; default `false`. */
  readonly isGrid?: boolean | undefined
}

/** Functions that instructions call, by name. @category models @since 0.1.0 */
export type Functions = Map<string, ReadonlyArray<Line>>

const list = (numbers: ReadonlyArray<number>) => `[${numbers.join(", ")}]`

/** `tensor<…>` of a value. @category conversions @since 0.1.0 */
export const typeOf = (x: Value): string => typeText(x.type, x.shape)

const range = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

/** @category models @since 0.1.0 */
export class Emitter {
  readonly options: LowerOptions
  readonly functions: Functions
  /** The numbers of the draws in the graph, each once. */
  readonly draws: ReadonlyArray<number>
  readonly lines: Array<Line> = []
  readonly checks: Array<Check> = []
  /** Whose instructions are being written. */
  node: Node | undefined
  readonly #known = new Map<string, ReadonlyArray<Value>>()
  #count = 0

  constructor(options: LowerOptions, functions: Functions, draws: ReadonlyArray<number> = []) {
    this.options = options
    this.functions = functions
    this.draws = draws
  }

  /** An instruction of several results, `text` being all after the `=`. */
  emitAll(text: string, results: ReadonlyArray<{ readonly type: ElementType; readonly shape: Shape }>): ReadonlyArray<Value> {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const name = `%${this.#count++}`
    const values = results.map(({ shape, type }, i): Value => ({ name: results.length === 1 ? name : `${name}#${i}`, type, shape }))
    this.lines.push({ text: `    ${name}${results.length === 1 ? "" : `:${results.length}`} = ${text}`, node: this.node })
    this.#known.set(text, values)
    return values
  }

  emit(text: string, type: ElementType, shape: Shape): Value {
    return this.emitAll(text, [{ type, shape }])[0]!
  }

  /** The same number everywhere. */
  fill(type: ElementType, shape: Shape, value: number): Value {
    const content = sizeOf(shape) === 0 ? "" : literalText(type, value)
    return this.emit(`stablehlo.constant dense<${content}> : ${typeText(type, shape)}`, type, shape)
  }

  scalar(type: ElementType, value: number): Value {
    return this.fill(type, [], value)
  }

  like(x: Value, value: number): Value {
    return this.fill(x.type, x.shape, value)
  }

  literal(type: DType, shape: Shape, data: TensorData): Value {
    if (data.length <= 1) return this.fill(type, shape, data[0] ?? 0)
    // bools have no bytes of their own in a literal
    const stored = type === "bool" ? "uint8" : type
    const value = this.emit(`stablehlo.constant dense<${bytesText(data)}> : ${typeText(stored, shape)}`, stored, shape)
    return this.convert(value, type)
  }

  convert(x: Value, type: ElementType): Value {
    return x.type === type ? x : this.emit(`stablehlo.convert ${x.name} : (${typeOf(x)}) -> ${typeText(type, x.shape)}`, type, x.shape)
  }

  /** The same bits; `shape` has an axis more, that of a number's parts from the lowest, where the type is a smaller one. */
  bitcast(x: Value, type: ElementType, shape: Shape = x.shape): Value {
    return this.emit(`stablehlo.bitcast_convert ${x.name} : (${typeOf(x)}) -> ${typeText(type, shape)}`, type, shape)
  }

  /** The values, in memory: not computed again where they are used. */
  barrier(values: readonly [Value, Value]): readonly [Value, Value] {
    const [a, b] = values
    const text = `stablehlo.optimization_barrier ${a.name}, ${b.name} : ${typeOf(a)}, ${typeOf(b)}`
    return this.emitAll(text, values) as unknown as readonly [Value, Value] // as many as were given
  }

  /** An op of one operand and its type. */
  unary(op: string, x: Value): Value {
    return this.emit(`stablehlo.${op} ${x.name} : ${typeOf(x)}`, x.type, x.shape)
  }

  /** An op of the CHLO dialect, which plugins take apart themselves. */
  chlo(op: string, x: Value): Value {
    if (this.options.portable === true) return composed[op]!(this, x)
    return this.emit(`chlo.${op} ${x.name} : ${typeOf(x)} -> ${typeOf(x)}`, x.type, x.shape)
  }

  binary(op: string, a: Value, b: Value): Value {
    return this.emit(`stablehlo.${op} ${a.name}, ${b.name} : ${typeOf(a)}`, a.type, a.shape)
  }

  /** With a number. */
  by(op: string, x: Value, value: number): Value {
    return this.binary(op, x, this.like(x, value))
  }

  compare(direction: string, a: Value, b: Value): Value {
    const type = typeText("bool", a.shape)
    return this.emit(`stablehlo.compare ${direction}, ${a.name}, ${b.name} : (${typeOf(a)}, ${typeOf(b)}) -> ${type}`, "bool", a.shape)
  }

  isNan(x: Value): Value {
    return this.compare("NE", x, x)
  }

  select(condition: Value, a: Value, b: Value): Value {
    return this.emit(`stablehlo.select ${condition.name}, ${a.name}, ${b.name} : ${typeOf(condition)}, ${typeOf(a)}`, a.type, a.shape)
  }

  /** Axis `i` of `x` becomes axis `axes[i]` of the result; other axes repeat. */
  broadcast(x: Value, shape: Shape, axes: ReadonlyArray<number>): Value {
    if (sameShape(x.shape, shape)) return x
    const type = typeText(x.type, shape)
    return this.emit(`stablehlo.broadcast_in_dim ${x.name}, dims = ${list(axes)} : (${typeOf(x)}) -> ${type}`, x.type, shape)
  }

  /** By numpy's rule. */
  expand(x: Value, shape: Shape): Value {
    const lead = shape.length - x.shape.length
    return this.broadcast(
      x,
      shape,
      x.shape.map((_, i) => i + lead)
    )
  }

  reshape(x: Value, shape: Shape): Value {
    if (sameShape(x.shape, shape)) return x
    return this.emit(`stablehlo.reshape ${x.name} : (${typeOf(x)}) -> ${typeText(x.type, shape)}`, x.type, shape)
  }

  transpose(x: Value, perm: ReadonlyArray<number>): Value {
    if (perm.every((p, i) => p === i)) return x
    const shape = perm.map((p) => x.shape[p]!)
    return this.emit(`stablehlo.transpose ${x.name}, dims = ${list(perm)} : (${typeOf(x)}) -> ${typeText(x.type, shape)}`, x.type, shape)
  }

  slice(x: Value, begin: Shape, size: Shape, strides: Shape = begin.map(() => 1)): Value {
    if (sameShape(x.shape, size) && strides.every((s) => s === 1)) return x
    const spans = begin.map((b, i) => `${b}:${size[i] === 0 ? b : b + (size[i]! - 1) * strides[i]! + 1}:${strides[i]}`)
    return this.emit(`stablehlo.slice ${x.name} [${spans.join(", ")}] : (${typeOf(x)}) -> ${typeText(x.type, size)}`, x.type, size)
  }

  /** Edges below 0 cut off; `interior` goes between elements. */
  pad(x: Value, low: ReadonlyArray<number>, high: ReadonlyArray<number>, interior: ReadonlyArray<number>, value: number): Value {
    if ([...low, ...high, ...interior].every((n) => n === 0)) return x
    const shape = x.shape.map((d, i) => low[i]! + high[i]! + d + Math.max(d - 1, 0) * interior[i]!)
    const edge = this.scalar(x.type, value)
    const spans = `low = ${list(low)}, high = ${list(high)}, interior = ${list(interior)}`
    const types = `(${typeOf(x)}, ${typeOf(edge)}) -> ${typeText(x.type, shape)}`
    return this.emit(`stablehlo.pad ${x.name}, ${edge.name}, ${spans} : ${types}`, x.type, shape)
  }

  reverse(x: Value, axes: ReadonlyArray<number>): Value {
    return axes.length === 0 ? x : this.emit(`stablehlo.reverse ${x.name}, dims = ${list(axes)} : ${typeOf(x)}`, x.type, x.shape)
  }

  concat(parts: ReadonlyArray<Value>, axis: number): Value {
    const first = parts[0]!
    if (parts.length === 1) return first
    const shape = first.shape.map((d, i) => (i === axis ? parts.reduce((n, p) => n + p.shape[axis]!, 0) : d))
    const types = `(${parts.map(typeOf).join(", ")}) -> ${typeText(first.type, shape)}`
    return this.emit(`stablehlo.concatenate ${parts.map((p) => p.name).join(", ")}, dim = ${axis} : ${types}`, first.type, shape)
  }

  iota(type: ElementType, shape: Shape, axis: number): Value {
    return this.emit(`stablehlo.iota dim = ${axis} : ${typeText(type, shape)}`, type, shape)
  }

  /** By an op of two numbers of which `none` is the neutral element; the axes are dropped. */
  reduce(op: string, x: Value, axes: ReadonlyArray<number>, none: number): Value {
    if (axes.length === 0) return x
    const shape = x.shape.filter((_, i) => !axes.includes(i))
    const init = this.scalar(x.type, none)
    const types = `(${typeOf(x)}, ${typeOf(init)}) -> ${typeText(x.type, shape)}`
    return this.emit(
      `stablehlo.reduce(${x.name} init: ${init.name}) applies stablehlo.${op} across dimensions = ${list(axes)} : ${types}`,
      x.type,
      shape
    )
  }

  /** Over all axes. */
  all(x: Value): Value {
    return this.reduce("and", x, range(x.shape.length), 1)
  }

  call(name: string, operands: ReadonlyArray<Value>, type: ElementType, shape: Shape): Value {
    const types = `(${operands.map(typeOf).join(", ")}) -> ${typeText(type, shape)}`
    return this.emit(`func.call @${name}(${operands.map((x) => x.name).join(", ")}) : ${types}`, type, shape)
  }
}

/** The region of an op that joins two numbers: `({ … })`, on one line. @category conversions @since 0.1.0 */
export const joining = (op: string, type: ElementType): string => {
  const number = typeText(type, [])
  return `({ ^bb0(%a: ${number}, %b: ${number}): %r = stablehlo.${op} %a, %b : ${number} stablehlo.return %r : ${number} })`
}

/** Literals above this many bytes are arguments of the module. @category constants @since 0.1.0 */
export const literalLimit = 65536

/** @category rules @since 0.1.0 */
export const isBig = (node: Node): boolean => node.op === "Constant" && byteSizeOf(node.type) > literalLimit
