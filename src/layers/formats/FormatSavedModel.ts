/**
 * TensorFlow's SavedModel: `saved_model.pb` with the graph and its signatures, `variables/` with the weights as a checkpoint, and the
 * assets in `assets.extra/`, beside them on request the predictions as StableHLO. Written without TensorFlow.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import { ExportError } from "../../domain/Errors.ts"
import type { ServingModel, ServingPort, Signature } from "../../domain/export/ServingModel.ts"
import type { Shape, Tensor } from "../../domain/Tensor.ts"
import type { ModelFormat } from "../../services/ModelFormat.ts"
import type { NodeDef } from "../device/tensorflow/GraphDef.ts"
import { graphNode, placeholder } from "../device/tensorflow/graphNodes.ts"
import { dataFile, indexFile } from "../storage/bundle.ts"
import { writeData } from "../storage/bundleFiles.ts"
import { toBundle } from "../storage/checkpointTensors.ts"
import { writeSynced } from "../storage/files.ts"
import { encode, type SignatureDef, type TensorInfo, type VariableDef } from "./tensorflow/savedModelMessage.ts"
import * as Names from "./names.ts"
import * as ServingNodes from "./tensorflow/servingNodes.ts"
import * as TrainingNodes from "./tensorflow/trainingNodes.ts"
import { writeArtifacts } from "./stablehlo/writeArtifacts.ts"
import { writeAssets, writeFailure } from "./writing.ts"

const format = "saved-model"

/** Before the names of nodes that write variables to files and read them. */
const save = `${ServingNodes.ownPrefix}save/`

const { ownPrefix } = ServingNodes

interface Stored {
  /** Of the model, and of the checkpoint. */
  readonly name: string
  /** Of the variable's node; its other nodes begin with `own`. */
  readonly node: string
  readonly own: string
  readonly tensor: Tensor
}

type NodeOf = (port: ServingPort) => string

/** The nodes of what users name. */
interface Nodes {
  readonly variables: ReadonlyArray<Stored>
  readonly input: NodeOf
  readonly output: NodeOf
}

const nodesOf = ({ inputs, outputs, variables }: ServingModel, table: Names.NameTable): Nodes => {
  const stored = [...variables].map(([name, tensor], i) => ({ name, tensor, node: table.take(name), own: `${ownPrefix}variables/${i}` }))
  const of = (ports: ReadonlyArray<ServingPort>, prefix: string): NodeOf => {
    // `serving_default_x` is TensorFlow 2's own name for what a signature is given
    const named = new Map(ports.map((port) => [port, table.take(`${prefix}${port.name}`)]))
    return (port) => named.get(port)!
  }
  return { variables: stored, input: of(inputs, "serving_default_"), output: of(outputs, "outputs/") }
}

const readOf = ({ own }: Stored): string => `${own}/read`

const variableNodes = (variable: Stored): ReadonlyArray<NodeDef> => {
  const { name, node, own, tensor } = variable
  const type = { type: tensor.dtype } as const
  const literal = (suffix: string, dtype: "int32" | Tensor["dtype"], shape: Shape, data: Uint8Array) =>
    graphNode(`${own}/${suffix}`, "Const", [], { dtype: { type: dtype }, value: { literal: { type: dtype, shape, data } } })
  return [
    graphNode(node, "VarHandleOp", [], { dtype: type, shape: { shape: tensor.shape }, shared_name: { text: name }, container: { text: "" } }),
    graphNode(readOf(variable), "ReadVariableOp", [node], { dtype: type }),
    literal("zero", tensor.dtype, [], new Uint8Array(tensor.dtype === "bool" ? 1 : 4)),
    literal("shape", "int32", [tensor.shape.length], new Uint8Array(Int32Array.from(tensor.shape).buffer)),
    graphNode(`${own}/zeros`, "Fill", [`${own}/shape`, `${own}/zero`], { T: type, index_type: { type: "int32" } }),
    graphNode(`${own}/assign`, "AssignVariableOp", [node, `${own}/zeros`], { dtype: type })
  ]
}

const variableDef = (variable: Stored): VariableDef => ({
  name: variable.node,
  initializer: `${variable.own}/assign`,
  read: readOf(variable),
  initial: `${variable.own}/zeros`
})

/** Writes all variables to the file that `Const` names, and reads them from it. */
const saverNodes = (variables: ReadonlyArray<Stored>): ReadonlyArray<NodeDef> => {
  const text = { type: "string" } as const
  const types = { types: variables.map(({ tensor }) => tensor.dtype) }
  const texts = (name: string, values: ReadonlyArray<string>) => graphNode(name, "Const", [], { dtype: text, value: { texts: values } })
  const names = [`${save}Const`, `${save}names`, `${save}slices`]
  return [
    graphNode(`${save}Const`, "Placeholder", [], { dtype: text, shape: { shape: [] } }),
    texts(
      `${save}names`,
      variables.map(({ name }) => name)
    ),
    texts(
      `${save}slices`,
      variables.map(() => "")
    ),
    graphNode(`${save}SaveV2`, "SaveV2", [...names, ...variables.map(readOf)], { dtypes: types }),
    graphNode(`${save}control_dependency`, "Identity", [`${save}Const`, `^${save}SaveV2`], { T: text }),
    graphNode(`${save}RestoreV2`, "RestoreV2", names, { dtypes: types }),
    ...variables.map(({ node, tensor }, i) =>
      graphNode(`${save}assign${i}`, "AssignVariableOp", [node, `${save}RestoreV2:${i}`], { dtype: { type: tensor.dtype } })
    ),
    graphNode(
      `${save}restore_all`,
      "NoOp",
      variables.map((_, i) => `^${save}assign${i}`),
      {}
    )
  ]
}

const info = (node: string, { dtype, shape }: ServingPort): TensorInfo => ({ tensor: `${node}:0`, type: dtype, shape })

const signatureDef = ({ inputs, outputs }: ServingModel, nodes: Nodes, signature: Signature): SignatureDef => ({
  // those of TensorFlow for classification and regression take serialised examples, which this graph does not read
  method: "tensorflow/serving/predict",
  inputs: inputs.map((port) => [port.name, info(nodes.input(port), port)]),
  outputs: signature.outputs.map(({ key, port: name }) => {
    const port = outputs.find((o) => o.name === name)!
    return [key, info(nodes.output(port), port)]
  })
})

/** As `tf.estimator.experimental.export_all_saved_models` names it. */
const trainSignature = ({ inputs, outputs }: TrainingNodes.TrainingNodes): readonly [string, SignatureDef] => {
  const infos = (ports: ReadonlyArray<readonly [ServingPort, string]>) => ports.map(([port, node]) => [port.name, info(node, port)] as const)
  return ["train", { method: "tensorflow/supervised/training", inputs: infos(inputs), outputs: infos(outputs) }]
}

const trainingNodes = ({ training }: ServingModel, { variables }: Nodes, table: Names.NameTable): TrainingNodes.TrainingNodes | undefined => {
  if (training === undefined) return undefined
  const named = (name: string) => variables.find((v) => v.name === name)!
  return TrainingNodes.make(training, format, { handle: (name) => named(name).node, read: (name) => readOf(named(name)) }, table.take)
}

/** Two inputs that are one parameter to `tf.saved_model.load`: it takes letters, digits and `_`. */
const indistinct = (inputs: ReadonlyArray<ServingPort>): ExportError | undefined => {
  const seen = new Map<string, string>()
  for (const { name } of inputs) {
    const parameter = name.replace(/\W/g, "_")
    const other = seen.get(parameter)
    if (other !== undefined) {
      const detail = `the inputs ${JSON.stringify(other)} and ${JSON.stringify(name)} are one parameter to TensorFlow in Python. Rename one of them`
      return new ExportError({ reason: "Port", format, detail })
    }
    seen.set(parameter, name)
  }
  return undefined
}

/** The bytes of `saved_model.pb`. @category conversions @since 0.1.0 */
export const savedModel = (model: ServingModel): Result.Result<Uint8Array<ArrayBuffer>, ExportError> => {
  const clash = indistinct(model.inputs) ?? indistinct(model.training?.inputs ?? [])
  if (clash !== undefined) return Result.fail(clash)
  const table = Names.tensorflow([ownPrefix])
  const nodes = nodesOf(model, table)
  const { inputs, outputs } = model
  const { variables } = nodes
  const names: ServingNodes.Names = {
    variable: (name) => readOf(variables.find((v) => v.name === name)!),
    input: (index) => nodes.input(inputs[index]!)
  }
  const training = Result.try({ try: () => trainingNodes(model, nodes, table), catch: ServingNodes.exportError })
  return Result.map(Result.all([ServingNodes.make(model, format, names), training]), ([serving, train]) =>
    encode({
      graph: {
        nodes: [
          ...inputs.map((port) => placeholder(nodes.input(port), port.dtype, port.shape)),
          ...variables.flatMap(variableNodes),
          ...serving.nodes,
          ...outputs.map((port, i) => graphNode(nodes.output(port), "Identity", [serving.outputs[i]!], { T: { type: port.dtype } })),
          ...(train?.nodes ?? []),
          ...(variables.length === 0 ? [] : saverNodes(variables))
        ],
        functions: []
      },
      signatures: [
        ...model.signatures.map((signature) => [signature.name, signatureDef(model, nodes, signature)] as const),
        ...(train === undefined ? [] : [trainSignature(train)])
      ],
      variables: variables.map(variableDef),
      saver: variables.length === 0 ? undefined : { filename: `${save}Const:0`, save: `${save}control_dependency:0`, restore: `${save}restore_all` }
    })
  )
}

const write = Effect.fnUntraced(function* (
  model: ServingModel,
  directory: string
): Effect.fn.Return<void, ExportError | PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const put = (file: string, bytes: Uint8Array) => writeSynced(fs, file, (output) => output.write(bytes))
  yield* put(path.join(directory, "saved_model.pb"), yield* Effect.fromResult(savedModel(model)))
  yield* fs.makeDirectory(path.join(directory, "variables"))
  const prefix = path.join(directory, "variables", "variables")
  if (model.variables.size > 0) {
    const tensors = new Map([...model.variables].map(([name, tensor]) => [name, toBundle(tensor)]))
    yield* put(indexFile(prefix), yield* writeData(fs, dataFile(prefix), tensors))
  }
  yield* writeAssets(model, directory)
  if (model.tpu !== undefined) yield* writeArtifacts(model, model.tpu, directory)
})

/** @category constructors @since 0.1.0 */
export const make = (): ModelFormat => ({
  name: format,
  trains: true,
  tpu: true,
  write: (model, directory) => Effect.mapError(write(model, directory), writeFailure(format))
})
