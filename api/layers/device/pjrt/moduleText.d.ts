import type { Node } from "../../../domain/graph/Graph.ts";
import type { Functions, Line } from "./lower/Emitter.ts";
export interface ModuleText {
    readonly text: string;
    readonly at: (line: number, column: number) => Node | undefined;
}
export interface ModuleSize {
    readonly replicas: number;
    readonly cores: number;
}
export declare const functionLines: (head: string, body: ReadonlyArray<Line>, returned: string) => ReadonlyArray<Line>;
export declare const moduleText: (main: ReadonlyArray<Line>, functions: Functions, { cores, replicas }: ModuleSize) => ModuleText;
