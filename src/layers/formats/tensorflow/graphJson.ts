/**
 * Nodes of a TensorFlow graph in protobuf's JSON form, as graph models of TensorFlow.js have them: literals apart, as weights.
 *
 * @since 0.1.0
 */
import type { Attribute, DataType, NodeDef, PartialShape } from "../../device/tensorflow/GraphDef.ts"

/** A value of JSON. @category models @since 0.1.0 */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

const typeNames = {
  float32: "DT_FLOAT",
  float64: "DT_DOUBLE",
  int32: "DT_INT32",
  string: "DT_STRING",
  int64: "DT_INT64",
  bool: "DT_BOOL",
  bfloat16: "DT_BFLOAT16",
  float16: "DT_HALF",
  resource: "DT_RESOURCE"
} as const satisfies Record<DataType, string>

/** @category conversions @since 0.1.0 */
export const typeName = (type: DataType): string => typeNames[type]

/** 64-bit numbers are texts in protobuf's JSON. @category conversions @since 0.1.0 */
export const shapeJson = (shape: PartialShape): Json => ({ dim: shape.map((size) => ({ size: String(size) })) })

const attributeJson = (
  value: Exclude<Attribute, { readonly literal: unknown } | { readonly texts: unknown } | { readonly function: string }>
): Json => {
  if ("type" in value) return { type: typeName(value.type) }
  if ("types" in value) return { list: { type: value.types.map(typeName) } }
  if ("bool" in value) return { b: value.bool }
  if ("int" in value) return { i: String(value.int) }
  if ("ints" in value) return { list: { i: value.ints.map(String) } }
  if ("text" in value) return { s: Buffer.from(value.text).toString("base64") }
  if ("shape" in value) return { shape: shapeJson(value.shape) }
  return { list: { shape: value.shapes.map(shapeJson) } }
}

/** Without the content of literals. @category conversions @since 0.1.0 */
export const nodeJson = ({ attributes, inputs, name, op }: NodeDef): Json => ({
  name,
  op,
  ...(inputs.length === 0 ? {} : { input: inputs }),
  attr: Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]): ReadonlyArray<readonly [string, Json]> =>
      "literal" in value || "texts" in value || "function" in value ? [] : [[key, attributeJson(value)]]
    )
  )
})
