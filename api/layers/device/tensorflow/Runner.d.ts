import type { Runner } from "../hosted/serve.ts";
import { type Addon } from "./Binding.ts";
import type { WorkerPlan } from "./WorkerPlan.ts";
export declare const make: (addon: Addon, plan: WorkerPlan) => Runner & {
    readonly close: () => void;
};
