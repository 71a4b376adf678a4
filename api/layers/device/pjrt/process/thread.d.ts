import { type ProgramPlan } from "./ProgramPlan.ts";
export interface ThreadData {
    readonly id: number;
    readonly plan: ProgramPlan;
    readonly koffi: string;
    readonly host: number;
    readonly api: bigint;
    readonly client: bigint;
    readonly lock: SharedArrayBuffer;
}
