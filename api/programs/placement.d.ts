import * as Effect from "effect/Effect";
import type { CheckpointError, ExecuteError } from "../domain/Errors.ts";
import type { Graph } from "../domain/graph/Graph.ts";
import type { RunConfig } from "../domain/RunConfig.ts";
import { CheckpointStore } from "../services/CheckpointStore.ts";
import type { Device } from "../services/Device.ts";
import { type Session } from "./session.ts";
export interface Placement {
    readonly step: number;
    readonly place: (run: Session<unknown, unknown>) => Effect.Effect<number, CheckpointError | ExecuteError, CheckpointStore | Device>;
}
export type Placing = (config: RunConfig, path: string | undefined) => Effect.Effect<Placement, CheckpointError, CheckpointStore>;
export declare const each: Placing;
export declare const changingLeaves: (graph: Graph) => ReadonlySet<string>;
export declare const keeping: () => Placing;
