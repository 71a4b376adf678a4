import * as Effect from "effect/Effect";
import type { Executable } from "../../../services/Device.ts";
import { type Host } from "./Host.ts";
import type { WorkerPlan } from "./WorkerPlan.ts";
export declare const make: (host: Host, plan: WorkerPlan) => Effect.Effect<Executable>;
