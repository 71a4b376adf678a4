import * as tfl from "@tensorflow/tfjs-layers";
import { type Tensor } from "../../../domain/Tensor.ts";
export interface FromJsonOptions {
    readonly weights?: ReadonlyMap<string, Tensor>;
}
export declare const fromJson: (json: unknown, { weights }?: FromJsonOptions) => tfl.LayersModel;
