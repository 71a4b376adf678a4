/**
 * A `SavedModel` with variables and signatures (saved_model.proto, meta_graph.proto, saver.proto, variable.proto): one
 * graph for sessions, as TensorFlow 1 writes it, which TensorFlow 2, its C API and TensorFlow Serving load, too.
 *
 * @since 0.1.0
 */
import { Writer } from "../../../domain/Protobuf.ts"
import { type DataType, dataTypes, type GraphDef, graphMessage, type PartialShape, shapeOf } from "../../device/tensorflow/GraphDef.ts"

/** A tensor of the graph, by `node:index`. @category models @since 0.1.0 */
export interface TensorInfo {
  readonly tensor: string
  readonly type: DataType
  readonly shape: PartialShape
}

/** @category models @since 0.1.0 */
export interface SignatureDef {
  readonly method: string
  readonly inputs: ReadonlyArray<readonly [key: string, TensorInfo]>
  readonly outputs: ReadonlyArray<readonly [key: string, TensorInfo]>
}

/** A variable and the nodes that belong to it. @category models @since 0.1.0 */
export interface VariableDef {
  readonly name: string
  readonly initializer: string
  readonly read: string
  readonly initial: string
}

/** Tensors and node by which variables are written to files and read from them. @category models @since 0.1.0 */
export interface SaverDef {
  readonly filename: string
  readonly save: string
  readonly restore: string
}

/** @category models @since 0.1.0 */
export interface SavedModel {
  readonly graph: GraphDef
  readonly signatures: ReadonlyArray<readonly [name: string, SignatureDef]>
  readonly variables: ReadonlyArray<VariableDef>
  readonly saver: SaverDef | undefined
}

const entry = (key: string, value: Writer): Writer => new Writer().string(1, key).message(2, value)

const tensorInfo = ({ shape, tensor, type }: TensorInfo): Writer => new Writer().string(1, tensor).int(2, dataTypes[type]).message(3, shapeOf(shape))

const signature = ({ inputs, method, outputs }: SignatureDef): Writer => {
  const w = new Writer()
  for (const [key, info] of inputs) w.message(1, entry(key, tensorInfo(info)))
  for (const [key, info] of outputs) w.message(2, entry(key, tensorInfo(info)))
  return w.string(3, method)
}

const variable = ({ initial, initializer, name, read }: VariableDef): Writer =>
  new Writer().string(1, `${name}:0`).string(2, initializer).string(3, `${read}:0`).int(5, 1).string(6, `${initial}:0`)

/** Version 2 of the format of checkpoints: bundles. */
const saverMessage = ({ filename, restore, save }: SaverDef): Writer =>
  new Writer().string(1, filename).string(2, save).string(3, restore).int(4, 5).int(7, 2)

const variablesCollection = (variables: ReadonlyArray<VariableDef>): Writer => {
  const list = new Writer()
  for (const v of variables) list.bytes(1, variable(v).finish())
  return entry("variables", new Writer().message(2, list))
}

/** @category conversions @since 0.1.0 */
export const encode = ({ graph, saver, signatures, variables }: SavedModel): Uint8Array<ArrayBuffer> => {
  const nodes = graphMessage(graph)
  const meta = new Writer(nodes.finish().length + 65536).message(1, new Writer().string(4, "serve")).message(2, nodes)
  if (saver !== undefined) meta.message(3, saverMessage(saver))
  if (variables.length > 0) meta.message(4, variablesCollection(variables))
  for (const [name, definition] of signatures) meta.message(5, entry(name, signature(definition)))
  return new Writer(meta.finish().length + 16).int(1, 1).message(2, meta).finish()
}
