/**
 * A step of training as nodes of a TensorFlow graph: it reads the variables, assigns their new values, and gives the loss.
 *
 * @since 0.1.0
 */
import type { ServingPort, TrainingStep } from "../../../domain/export/ServingModel.ts"
import type { NodeDef } from "../../device/tensorflow/GraphDef.ts"
import { graphNode, placeholder } from "../../device/tensorflow/graphNodes.ts"
import * as ServingNodes from "./servingNodes.ts"

/** A variable's nodes, by its name in the model. @category models @since 0.1.0 */
export interface VariableNames {
  readonly handle: (name: string) => string
  readonly read: (name: string) => string
}

/** @category models @since 0.1.0 */
export interface TrainingNodes {
  readonly nodes: ReadonlyArray<NodeDef>
  readonly inputs: ReadonlyArray<readonly [port: ServingPort, node: string]>
  /** Whoever asks for one of them has the step done. */
  readonly outputs: ReadonlyArray<readonly [port: ServingPort, node: string]>
}

const prefix = `${ServingNodes.ownPrefix}train/`

/** `take` makes of a wanted name one that is free. Throws `ExportError`. @category conversions @since 0.1.0 */
export const make = (training: TrainingStep, format: string, variables: VariableNames, take: (name: string) => string): TrainingNodes => {
  const inputs = training.inputs.map((port) => [port, take(`train_${port.name}`)] as const)
  const step = ServingNodes.lowered(training, format, { variable: variables.read, input: (index) => inputs[index]![1] }, prefix)
  const { graph } = training
  const reads = graph.parameters.flatMap(({ name, role }) => (role._tag === "State" ? [variables.read(name)] : []))
  // every variable has been read before one is written
  const allRead = graphNode(
    `${prefix}read`,
    "NoOp",
    reads.map((name) => `^${name}`),
    {}
  )
  const assigns = graph.outputs.flatMap(({ name, node, role }, i) =>
    role._tag === "State"
      ? [
          graphNode(`${prefix}assign${i}`, "AssignVariableOp", [variables.handle(name), step.outputs[i]!, `^${allRead.name}`], {
            dtype: { type: graph.nodes[node]!.type.dtype }
          })
        ]
      : []
  )
  const written = assigns.map(({ name }) => `^${name}`)
  const outputs = training.outputs.map((port, i) => [port, take(`train_outputs/${port.name}`), step.outputs[i]!] as const)
  return {
    nodes: [
      ...inputs.map(([port, node]) => placeholder(node, port.dtype, port.shape)),
      ...step.nodes,
      allRead,
      ...assigns,
      ...outputs.map(([port, node, value]) => graphNode(node, "Identity", [value, ...written], { T: { type: port.dtype } }))
    ],
    inputs,
    outputs: outputs.map(([port, node]) => [port, node])
  }
}
