import type * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import type { ExportError } from "../domain/Errors.ts";
import type { ServingModel } from "../domain/export/ServingModel.ts";
export interface ModelFormat {
    readonly name: string;
    readonly trains?: true;
    readonly tpu?: true;
    readonly write: (model: ServingModel, directory: string) => Effect.Effect<void, ExportError, FileSystem.FileSystem | Path.Path>;
}
