import * as Result from "effect/Result";
import { ExportError } from "../../domain/Errors.ts";
import type { ServingModel } from "../../domain/export/ServingModel.ts";
import type { ModelFormat } from "../../services/ModelFormat.ts";
export declare const savedModel: (model: ServingModel) => Result.Result<Uint8Array<ArrayBuffer>, ExportError>;
export declare const make: () => ModelFormat;
