import * as Result from "effect/Result";
import { ExportError } from "../../../domain/Errors.ts";
import { type ServingModel } from "../../../domain/export/ServingModel.ts";
import { type OnnxModel } from "../../device/onnx/OnnxModel.ts";
export declare const make: (model: ServingModel) => Result.Result<OnnxModel, ExportError>;
