import type { Node } from "../../../domain/graph/Graph.ts";
import type { Partition } from "../../../domain/Program.ts";
import { type Emitter, type Value } from "./lower/Emitter.ts";
export declare const everywhere = "mhlo.sharding = \"{replicated}\"";
export declare const cutOver: ({ cores, dims }: Partition, nameOf: (node: Node) => string | undefined) => (e: Emitter, node: Node, x: Value) => Value;
