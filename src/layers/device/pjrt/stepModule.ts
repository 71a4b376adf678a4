import type { Node } from "../../../domain/graph/Graph.ts"
import type { Program } from "../../../domain/Program.ts"
import type { TensorData, TensorType } from "../../../domain/Tensor.ts"
export type Precision = "default" | "highest" | "bfloat16"
export interface StepOptions {
  readonly replicas: number
  readonly iterations: number
  readonly precision: Precision
}
export type ArgumentSource =
  | { readonly _tag: "State"; readonly leaf: string }
  | { readonly _tag: "Batch"; readonly index: number }
  | { readonly _tag: "Constant"; readonly data: TensorData }
export interface ModuleArgument {
  readonly type: TensorType
  readonly source: ArgumentSource
}
export type ResultTarget =
  | { readonly _tag: "State"; readonly leaf: string }
  | { readonly _tag: "Loss" }
  | { readonly _tag: "Outfeed"; readonly index: number }
  | { readonly _tag: "Failed" }
export interface ModuleResult {
  readonly type: TensorType
  readonly target: ResultTarget
}
export interface StepModule {
  readonly text: string
  readonly arguments: ReadonlyArray<ModuleArgument>
  readonly results: ReadonlyArray<ModuleResult>
  readonly failures: ReadonlyArray<string>
  readonly at: (line: number, column: number) => Node | undefined
}
export const make = (_program: Program, _options: StepOptions): StepModule => {
  throw new Error("later")
}
