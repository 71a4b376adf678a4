import type { NodeId } from "../../../domain/graph/Graph.ts";
import { type Shape } from "../../../domain/Tensor.ts";
import { type Emit } from "../Emit.ts";
import { type Kernel } from "./kernel.ts";
export declare const flatIndices: (c: Emit, indices: NodeId, shape: Shape) => {
    readonly flat: NodeId;
    readonly depth: number;
};
export declare const checkedRows: (c: Emit, ids: NodeId, rows: number) => NodeId;
export declare const indexing: ReadonlyArray<Kernel>;
