import type { Node, NodeId } from "../../../../domain/graph/Graph.ts";
import type { DType, Shape } from "../../../../domain/Tensor.ts";
import type { Value, Values } from "./Values.ts";
export type Compose<E extends Values> = (e: E, x: ReadonlyArray<string>, dtype: DType) => string;
export declare const shapeOf: (values: ReadonlyArray<Value>) => Shape;
export declare const ruleOf: <E extends Values>(compose: Compose<E>) => (e: E, node: Node) => Value;
export declare const steppedOperand: (e: Values, [condition, x, y]: ReadonlyArray<NodeId>) => NodeId | undefined;
