import type { NodeId } from "../../../domain/graph/Graph.ts";
import { type Emit } from "../Emit.ts";
import { type Kernel } from "./kernel.ts";
export declare const einsum: (c: Emit, nodes: ReadonlyArray<NodeId>, equation: string, exact?: boolean) => NodeId;
export declare const contractions: ReadonlyArray<Kernel>;
