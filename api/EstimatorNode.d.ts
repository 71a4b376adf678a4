import type { NodeServices } from "@effect/platform-node";
import * as Layer from "effect/Layer";
import type { EstimatorServices } from "./programs/Estimator.ts";
import type { Device } from "./services/Device.ts";
export declare const layer: Layer.Layer<Exclude<EstimatorServices, Device> | NodeServices.NodeServices>;
