/**
 * Types and attributes of VHLO, the versioned form of StableHLO, in their stable encoding. Each is written once and then named
 * by its number. Source: `VhloBytecode.cpp` and `VhloEnums.td` of openxla/stablehlo; codes there never change their meaning.
 *
 * @since 0.1.0
 */
import { Bytes } from "./Bytes.ts"

/** @category models @since 0.1.0 */
export type Attribute =
  | { readonly _tag: "Integer"; readonly type: "i64" | "i32"; readonly value: number }
  | { readonly _tag: "Boolean"; readonly value: boolean }
  | { readonly _tag: "Text"; readonly value: string }
  /** A type as it is written: `tensor<2xf32>`, or of a function `(tensor<2xf32>) -> (tensor<f32>)`. */
  | { readonly _tag: "Type"; readonly type: string }
  | { readonly _tag: "Choice"; readonly of: keyof typeof choices; readonly value: string }
  | { readonly _tag: "List"; readonly items: ReadonlyArray<Attribute> }
  /** Little-endian elements, or one where all are the same. */
  | { readonly _tag: "Tensor"; readonly type: string; readonly data: Uint8Array }

const codes = { List: 1, Boolean: 2, Integer: 9, Text: 14, Tensor: 15, Type: 17 } as const

/** Enumerations: the code of the attribute, and its values in order. */
const choices = {
  direction: { code: 3, values: ["EQ", "NE", "GE", "GT", "LE", "LT"] },
  comparison: { code: 4, values: ["NOTYPE", "FLOAT", "TOTALORDER", "SIGNED", "UNSIGNED"] },
  precision: { code: 11, values: ["DEFAULT", "HIGH", "HIGHEST"] }
} as const satisfies Record<string, { readonly code: number; readonly values: ReadonlyArray<string> }>

const elementCodes: { readonly [name: string]: number } = { i1: 0, bf16: 2, f32: 4, f64: 5, i32: 13, i64: 14, ui8: 16, ui32: 18, ui64: 19 }
const functionCode = 8
const tensorCode = 20

/** The number of `UnknownLoc` among the codes of MLIR's own attributes. */
const unknownLocation = 15

/** @category models @since 0.1.0 */
export interface TensorText {
  readonly element: string
  readonly shape: ReadonlyArray<number>
}

/** Takes `tensor<2x3xf32>` apart. @category conversions @since 0.1.0 */
export const tensorOf = (type: string): TensorText => {
  const match = /^tensor<((?:\d+x)*)(\w+)>$/.exec(type)
  if (match === null) throw new Error(`StableHLO: ${type} is no type of a tensor`)
  return { element: match[2]!, shape: match[1]!.split("x").slice(0, -1).map(Number) }
}

/** All types of tensors in a text, in order. @category conversions @since 0.1.0 */
export const typesIn = (text: string): ReadonlyArray<string> => text.match(/tensor<[^>]*>/g) ?? []

const utf8 = new TextEncoder()

/** Keys of attributes with more bytes are not kept: the lowering gives no large literal twice. */
const mostKey = 256

/** All that a module names by number. @category models @since 0.1.0 */
export class Tables {
  readonly #strings = new Map<string, number>()
  readonly #types = new Map<string, number>()
  readonly #typeCodes: Array<Bytes> = []
  readonly #attributes = new Map<string, number>()
  readonly #attributeCodes: Array<Bytes> = [new Bytes().varint(unknownLocation)]

  string(value: string): number {
    const known = this.#strings.get(value)
    if (known !== undefined) return known
    this.#strings.set(value, this.#strings.size)
    return this.#strings.size - 1
  }

  type(text: string): number {
    const known = this.#types.get(text)
    if (known !== undefined) return known
    const code = this.#encodeType(text)
    this.#types.set(text, this.#typeCodes.length)
    return this.#typeCodes.push(code) - 1
  }

  attribute(attribute: Attribute): number {
    const code = this.#encode(attribute)
    const key = code.length > mostKey ? undefined : Buffer.from(code.view).toString("latin1")
    const known = key === undefined ? undefined : this.#attributes.get(key)
    if (known !== undefined) return known
    const number = this.#attributeCodes.push(code) - 1
    if (key !== undefined) this.#attributes.set(key, number)
    return number
  }

  #encodeType(text: string): Bytes {
    const bytes = new Bytes()
    if (text.startsWith("(")) {
      const [from, to] = text.split(" -> ").map((side) => typesIn(side).map((type) => this.type(type)))
      return bytes.varint(functionCode).varints(from!).varints(to!)
    }
    if (!text.startsWith("tensor")) {
      const code = elementCodes[text]
      if (code === undefined) throw new Error(`StableHLO: there is no element type ${text} here`)
      return bytes.varint(code)
    }
    const { element, shape } = tensorOf(text)
    return bytes.varint(tensorCode).signeds(shape).varint(this.type(element))
  }

  #encode(attribute: Attribute): Bytes {
    const bytes = new Bytes()
    if (attribute._tag === "Choice") {
      const { code, values } = choices[attribute.of]
      const value = (values as ReadonlyArray<string>).indexOf(attribute.value)
      if (value < 0) throw new Error(`StableHLO: ${attribute.value} is no ${attribute.of}`)
      return bytes.varint(code).varint(value)
    }
    bytes.varint(codes[attribute._tag])
    switch (attribute._tag) {
      case "Integer":
        return bytes.varint(this.type(attribute.type)).signed(attribute.value)
      case "Boolean":
        return bytes.varint(attribute.value ? 1 : 0)
      case "Text":
        return bytes.varint(this.string(attribute.value))
      case "Type":
        return bytes.varint(this.type(attribute.type))
      case "List":
        return bytes.varints(attribute.items.map((item) => this.attribute(item)))
      case "Tensor":
        return bytes.varint(this.type(attribute.type)).blob(attribute.data)
    }
  }

  /** Of attributes: one of MLIR's own dialect (number 0), the others of VHLO (number 1). And of types, all of VHLO. */
  codes(): { readonly offsets: Bytes; readonly content: Bytes } {
    const offsets = new Bytes().varint(this.#attributeCodes.length).varint(this.#typeCodes.length)
    const content = new Bytes()
    const group = (dialect: number, all: ReadonlyArray<Bytes>) => {
      if (all.length === 0) return
      offsets.varint(dialect).varint(all.length)
      for (const one of all) {
        // the lowest bit: in this encoding, and not as a text
        offsets.varint(one.length * 2 + 1)
        content.raw(one.view)
      }
    }
    group(0, this.#attributeCodes.slice(0, 1))
    group(1, this.#attributeCodes.slice(1))
    group(1, this.#typeCodes)
    return { offsets, content }
  }

  /** All strings; to be asked for last. */
  strings(): Bytes {
    const all = [...this.#strings.keys()].map((text) => utf8.encode(`${text}\0`))
    const bytes = new Bytes().varint(all.length)
    for (const one of all.toReversed()) bytes.varint(one.length)
    for (const one of all) bytes.raw(one)
    return bytes
  }
}
