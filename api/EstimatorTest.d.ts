import * as Layer from "effect/Layer";
import type { EstimatorServices } from "./programs/Estimator.ts";
export declare const layer: (options?: {
    readonly replicas?: number;
}) => Layer.Layer<EstimatorServices>;
