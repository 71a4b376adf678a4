import type { Exporter, ExportRequest } from "../../services/Exporter.ts";
export declare const make: (name: string) => Exporter & {
    readonly exported: ReadonlyArray<ExportRequest>;
};
