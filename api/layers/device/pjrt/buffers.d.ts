import { type Program } from "../../../domain/Program.ts";
import type { Buffers } from "./client/liveBuffers.ts";
import type { StepModule } from "./stepModule.ts";
export interface Buffer {
    readonly kind: "argument" | "result" | "temporary";
    readonly name: string;
    readonly type: string;
    readonly bytes: number;
    readonly source?: string | undefined;
}
export declare const buffersOf: (step: StepModule, program: Program, buffers: Buffers) => ReadonlyArray<Buffer>;
export declare const arraysOf: (step: StepModule, program: Program) => ReadonlyArray<Buffer>;
export declare const printed: ({ name, source, type }: Buffer) => string;
