import { ConfigError } from "../domain/Errors.ts";
import type { ExportOptions } from "./exportModel.ts";
export declare const checked: (options: ExportOptions) => ConfigError | undefined;
