/**
 * Nodes of the graph around the step: what is fed, and the variables with their reading and writing.
 *
 * @since 0.1.0
 */
import type { DType, TensorType } from "../../../domain/Tensor.ts"
import type { Attributes, NodeDef, PartialShape } from "./GraphDef.ts"
import { resultNames } from "./lower/resultNames.ts"

/** A part of the state, in a variable of its own; parts without elements have none. @category models @since 0.1.0 */
export interface Variable {
  readonly leaf: string
  readonly replica: number
  readonly type: TensorType
}

/**
 * A reference of a function's node as the graph itself has it: `node:output:index` is `node:k`, where k counts all results of the
 * node. `opOf` gives the op of a node.
 *
 * @category rules
 * @since 0.1.0
 */
export const inGraph =
  (opOf: (node: string) => string) =>
  (name: string): string => {
    const [node, result, index] = name.split(":")
    if (index === undefined) return name
    const names = resultNames(opOf(node!))
    return `${node!}:${names.length > 1 ? names.indexOf(result!) : index}`
  }

/** Makes XLA compile a function, and a call of it. @category constants @since 0.1.0 */
export const compiled = (xla: boolean): Attributes => (xla ? { _XlaMustCompile: { bool: true } } : {})

/** @category constructors @since 0.1.0 */
export const graphNode = (name: string, op: string, inputs: ReadonlyArray<string>, attributes: NodeDef["attributes"]): NodeDef => ({
  name,
  op,
  inputs,
  attributes
})

/** @category constructors @since 0.1.0 */
export const placeholder = (name: string, type: DType, shape: PartialShape): NodeDef =>
  graphNode(name, "Placeholder", [], { dtype: { type }, shape: { shape } })

/**
 * Variable `k`, its reading and its writing. What is written is copied: it must not share memory that the host fed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const variableNodes = ({ type: { dtype, shape } }: Variable, k: number): ReadonlyArray<NodeDef> => {
  const type = { type: dtype } as const
  return [
    graphNode(`h${k}`, "VarHandleOp", [], {
      dtype: type,
      shape: { shape },
      shared_name: { text: `state${k}` },
      container: { text: "" }
    }),
    graphNode(`s${k}`, "ReadVariableOp", [`h${k}`], { dtype: type }),
    placeholder(`w${k}`, dtype, shape),
    graphNode(`copy${k}`, "DeepCopy", [`w${k}`], { T: type }),
    graphNode(`assign${k}`, "AssignVariableOp", [`h${k}`, `copy${k}`], { dtype: type }),
    graphNode(`done${k}`, "Identity", [`w${k}`, `^assign${k}`], { T: type })
  ]
}
