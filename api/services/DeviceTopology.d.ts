import * as Context from "effect/Context";
import * as Layer from "effect/Layer";
import * as Topology from "../domain/Topology.ts";
export declare const DeviceTopology: Context.Reference<Topology.Topology | undefined>;
export declare const layer: (options: Parameters<typeof Topology.make>[0]) => Layer.Layer<never>;
